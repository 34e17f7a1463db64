using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;
using Portal.Web.Setup;
using IPNetwork = System.Net.IPNetwork;

namespace Portal.Web.Security;

/// <summary>
/// Who may tell the portal what it cannot see behind a proxy: the person's address, and the scheme and host the browser was given.
/// Whatever reads the request later, <see cref="OriginCheck"/>, cookies, limits, the audit trail, reads the person's side of it.
/// </summary>
public static class Proxies
{
    /// <summary>Takes <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> from the proxies named in the settings and from nobody else. Must come first.</summary>
    public static void UsePortalProxies(this WebApplication app)
    {
        var known = app.Services.GetRequiredService<Settings>().KnownProxies;
        if (known.Count == 0)
            return;
        // No limit on the number of hops: each one is believed only as long as the one that named it is known.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = null };
        // The framework trusts the loopback unless told otherwise.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in known)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Whether the request came through any proxy, known or not.</summary>
    public static bool CameThrough(HttpRequest request) => request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("X-Original-For");

    /// <summary>Reads one entry of the setting: an address, or a network as <c>10.0.0.0/24</c>; null when it is neither.</summary>
    public static IPNetwork? Parse(string text)
    {
        // "10.1" reads as 10.0.0.1, which nobody means.
        if (!text.Contains(':', StringComparison.Ordinal) && text.Count(letter => letter == '.') != 3)
            return null;
        if (text.Contains('/', StringComparison.Ordinal))
            return IPNetwork.TryParse(text, out var network) ? network : null;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32) : null;
    }
}
