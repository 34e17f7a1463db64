using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Portal.Domain;
using Portal.Web.Accounts;

namespace Portal.Web.Api;

/// <summary>Who calls, and the key the call carries.</summary>
/// <param name="Actor">Who calls.</param>
/// <param name="Key">The caller's <c>Idempotency-Key</c>, or one of its own for a call without.</param>
public sealed record Caller(Actor Actor, string Key) : IEndpointParameterMetadataProvider
{
    /// <summary>The header that makes a call the same call when it is sent again.</summary>
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Reads the caller; the endpoint's policy has seen to it that there is one.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        var key = context.Request.Headers[KeyHeader].ToString();
        return ValueTask.FromResult(new Caller(PortalClaims.ToActor(context.User), key.Length > 0 ? "api:" + key : Guid.CreateVersion7().ToString()));
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        // Nothing of it comes from the body or the query, so the API's description has nothing to say.
    }
}
