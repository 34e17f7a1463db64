using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Tests.Web.Accounts;

/// <summary>A browser without scripts: keeps cookies, fills in forms as they stand in the page.</summary>
sealed partial class FormBrowser(Uri address, HttpMessageHandler? road = null) : IDisposable
{
    readonly HttpClient http = new(road ?? new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { BaseAddress = address };

    /// <summary>What it sends with every request, or a proxy before it.</summary>
    public System.Net.Http.Headers.HttpRequestHeaders Headers => http.DefaultRequestHeaders;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The answer to a plain visit.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path) => http.GetAsync(path, Ct);

    /// <summary>Opens the page, fills its form in and sends it: where it leads, or what the page says.</summary>
    public async Task<(string? LeadsTo, string Text)> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await (await OpenAsync(path)).Content.ReadAsStringAsync(Ct);
        var hidden = Hidden().Matches(page).Select(m => KeyValuePair.Create(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value))).Where(h => fields.All(f => f.Name != h.Key));
        using var form = new FormUrlEncodedContent(hidden.Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        using var answer = await http.PostAsync(path, form, Ct);
        return (answer.Headers.Location?.ToString(), WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Ct)));
    }

    public Task<(string? LeadsTo, string Text)> SignInAsync(string name, string password) => SendAsync("/sign-in", ("Input.Name", name), ("Input.Password", password));

    public void Dispose() => http.Dispose();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
