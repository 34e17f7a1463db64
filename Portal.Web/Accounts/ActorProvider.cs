using Microsoft.AspNetCore.Components.Authorization;
using Portal.Domain;

namespace Portal.Web.Accounts;

/// <summary>
/// Who acts on this page. Asked on every call and never kept by a page: after a sign-out elsewhere the answer becomes
/// <see cref="PortalClaims.Nobody"/>, whom every service refuses.
/// </summary>
public sealed class ActorProvider(AuthenticationStateProvider authentication)
{
    /// <summary>The actor as of now.</summary>
    public async Task<Actor> GetAsync() => PortalClaims.ToActor((await authentication.GetAuthenticationStateAsync()).User);
}
