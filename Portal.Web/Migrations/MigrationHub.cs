using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Portal.Web.Accounts;

namespace Portal.Web.Migrations;

/// <summary>What the server may call on a browser that watches a move: nothing yet, everything flows through the stream.</summary>
public interface IMigrationClient;

/// <summary>Streams moves to charts. Members see those of their projects, who holds a platform role all.</summary>
[Authorize(AuthenticationSchemes = Schemes)]
public sealed class MigrationHub(MigrationBroadcaster broadcaster, SessionGuard guard) : Hub<IMigrationClient>
{
    private const string Schemes = "Identity.Application," + TokenAuthentication.SchemeName;

    /// <summary>Where browsers find it.</summary>
    public const string Path = "/hubs/migration";

    /// <summary>The whole history first, then live batches; completes when the receipt is final, or when the viewer signs out.</summary>
    public async IAsyncEnumerable<MigrationFrame[]> Watch(Guid migrationId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Context.User is not { } user)
            throw new HubException("Sign in first.");
        var actor = PortalClaims.ToActor(user);
        if (await broadcaster.FindAsync(actor, migrationId, cancellationToken) is null)
            throw new HubException("There is no such move, or it is not yours to see.");

        using var signedOut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Context.ConnectionAborted);
        using var listening = guard.OnRevoked(PortalClaims.SessionOf(user), signedOut.Cancel);
        await foreach (var batch in broadcaster.WatchAsync(actor, migrationId, signedOut.Token))
            yield return batch;
    }
}
