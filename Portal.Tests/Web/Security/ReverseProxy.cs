using System.Net;

namespace Portal.Tests.Web.Security;

/// <summary>What stands between a browser at <see cref="Public"/> and the portal: passes requests on over plain HTTP and says whose they are.</summary>
sealed class ReverseProxy(Uri portal, string forwardedFor) : DelegatingHandler(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
{
    /// <summary>The address in the browser.</summary>
    public static readonly Uri Public = new("https://portal.example");

    readonly CookieContainer cookies = new();

    /// <summary>A cookie the browser holds for the public address.</summary>
    public Cookie? Cookie(string name) => cookies.GetCookies(Public)[name];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(portal, request.RequestUri!.PathAndQuery);
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", Public.Scheme);
        request.Headers.Add("X-Forwarded-Host", Public.Host);
        if (cookies.GetCookieHeader(Public) is { Length: > 0 } held)
            request.Headers.Add("Cookie", held);
        var response = await base.SendAsync(request, cancellationToken);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            cookies.SetCookies(Public, cookie);
        return response;
    }
}
