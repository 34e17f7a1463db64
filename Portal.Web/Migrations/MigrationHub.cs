using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Portal.Web.Accounts;

namespace Portal.Web.Migrations;

/// <summary>What the server may call on a browser that watches a move: nothing yet, everything flows through the stream.</summary>
public interface IMigrationClient;

/// <summary>Streams moves to charts. Members see those of their projects, who holds a platform role all.</summary>
[Authorize(AuthenticationSchemes = Schemes)]
public sealed class MigrationHub(MigrationBroadcaster broadcaster, FleetWatch fleet, SessionGuard guard) : Hub<IMigrationClient>
{
    private const string Schemes = "Identity.Application," + TokenAuthentication.SchemeName;

    /// <summary>Where browsers find it.</summary>
    public const string Path = "/hubs/migration";

    /// <summary>The whole history first, then live batches; completes when the receipt is final, or when the viewer signs out.</summary>
    public async IAsyncEnumerable<MigrationFrame[]> Watch(Guid migrationId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var actor = PortalClaims.ToActor(User);
        if (await broadcaster.FindAsync(actor, migrationId, cancellationToken) is null)
            throw new HubException("There is no such move, or it is not yours to see.");

        await foreach (var batch in UntilSignedOutAsync(until => broadcaster.WatchAsync(actor, migrationId, until), cancellationToken))
            yield return batch;
    }

    /// <summary>Every move the viewer may see: those that go on, each from its beginning, and those that ended a short while ago. Goes on until the viewer goes or signs out.</summary>
    public IAsyncEnumerable<FleetFrames> WatchFleet(CancellationToken cancellationToken)
    {
        var actor = PortalClaims.ToActor(User);
        return UntilSignedOutAsync(until => fleet.WatchAsync(actor, until), cancellationToken);
    }

    private ClaimsPrincipal User => Context.User ?? throw new HubException("Sign in first.");

    private async IAsyncEnumerable<T> UntilSignedOutAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var signedOut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Context.ConnectionAborted);
        using var listening = guard.OnRevoked(PortalClaims.SessionOf(User), signedOut.Cancel);
        await foreach (var batch in watch(signedOut.Token))
            yield return batch;
    }
}
