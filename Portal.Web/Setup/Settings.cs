using System.Net;
using Portal.Domain.Webhooks;
using Portal.Web.Notices;
using Portal.Web.Security;

namespace Portal.Web.Setup;

/// <summary>The few settings the process takes from its environment, checked once at start.</summary>
/// <param name="ConnectionString">Where the portal's database is (<c>ConnectionStrings__Portal</c>).</param>
/// <param name="PublicOrigins">Origins browsers use when a proxy hides the address they typed (<c>Portal__PublicOrigins</c>, comma separated).</param>
/// <param name="ApiCallsPerMinute">Calls one API token may make in a minute (<c>Portal__ApiCallsPerMinute</c>).</param>
public sealed record Settings(string ConnectionString, IReadOnlyList<string> PublicOrigins, int ApiCallsPerMinute)
{
    private const int UsualApiCallsPerMinute = 600;
    private const int UsualScheduleWindow = 15;
    private const int LongestScheduleWindow = 24 * 60;

    /// <summary>Whether machines' memory must travel encrypted between hosts (<c>Portal__EncryptMemory</c>, true when not set).</summary>
    public bool EncryptMemory { get; private init; } = true;

    /// <summary>How late a schedule's run may be and still be done (<c>Portal__ScheduleWindowMinutes</c>, 15 when not set).</summary>
    public TimeSpan ScheduleWindow { get; private init; } = TimeSpan.FromMinutes(UsualScheduleWindow);

    /// <summary>The reverse proxies whose word about the person's side is taken (<c>Portal__KnownProxies</c>, comma separated); none when not set.</summary>
    public IReadOnlyList<IPNetwork> KnownProxies { get; private init; } = [];

    /// <summary>The address people open the portal at, which links in e-mails and calls of webhooks begin with (<c>Portal__PublicUrl</c>); null when not set.</summary>
    public Uri? PublicUrl { get; private init; }

    /// <summary>The mail server (<c>Portal__Smtp__…</c>); null: e-mail is off.</summary>
    public MailSettings? Mail { get; private init; }

    /// <summary>Networks webhooks may lead to besides public addresses (<c>Portal__WebhookTargets</c>, comma separated).</summary>
    public WebhookTargets WebhookTargets { get; private init; } = WebhookTargets.PublicOnly;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">One is missing or cannot be understood.</exception>
    public static Settings From(IConfiguration configuration)
    {
        var connection = configuration.GetConnectionString("Portal");
        if (string.IsNullOrWhiteSpace(connection))
            throw new SettingsException("ConnectionStrings__Portal is not set. Put the PostgreSQL connection string there, for example \"Host=127.0.0.1;Database=portal;Username=portal;Password=...\".");

        var origins = List(configuration["Portal:PublicOrigins"]).Select(origin => origin.TrimEnd('/')).ToArray();
        if (origins.FirstOrDefault(origin => !Uri.TryCreate(origin, UriKind.Absolute, out _)) is { } bad)
            throw new SettingsException($"Portal__PublicOrigins holds '{bad}', which is not an origin such as https://portal.example.");

        var calls = configuration["Portal:ApiCallsPerMinute"] is { Length: > 0 } text ? int.TryParse(text, out var number) ? number : 0 : UsualApiCallsPerMinute;
        if (calls < 1)
            throw new SettingsException($"Portal__ApiCallsPerMinute holds '{configuration["Portal:ApiCallsPerMinute"]}', which is not a whole number above 0.");

        var encrypt = true;
        if (configuration["Portal:EncryptMemory"] is { Length: > 0 } said && !bool.TryParse(said, out encrypt))
            throw new SettingsException($"Portal__EncryptMemory holds '{said}', which is neither true nor false.");

        var window = configuration["Portal:ScheduleWindowMinutes"] is { Length: > 0 } minutes ? int.TryParse(minutes, out var most) ? most : 0 : UsualScheduleWindow;
        if (window is < 1 or > LongestScheduleWindow)
            throw new SettingsException($"Portal__ScheduleWindowMinutes holds '{configuration["Portal:ScheduleWindowMinutes"]}', which is not a whole number from 1 to {LongestScheduleWindow}.");

        var proxies = List(configuration["Portal:KnownProxies"]).Select(entry => Proxies.Parse(entry)
            ?? throw new SettingsException($"Portal__KnownProxies holds '{entry}', which is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24.")).ToArray();

        var targets = List(configuration["Portal:WebhookTargets"]).Select(entry => Proxies.Parse(entry)
            ?? throw new SettingsException($"Portal__WebhookTargets holds '{entry}', which is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24.")).ToArray();

        Uri? publicUrl = null;
        if (configuration["Portal:PublicUrl"] is { Length: > 0 } address && (!Uri.TryCreate(address, UriKind.Absolute, out publicUrl) || publicUrl is not { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" }))
            throw new SettingsException($"Portal__PublicUrl holds '{address}', which is no address such as https://portal.example.");

        return new Settings(connection, origins, calls)
        {
            EncryptMemory = encrypt, KnownProxies = proxies, ScheduleWindow = TimeSpan.FromMinutes(window), PublicUrl = publicUrl, Mail = MailSettings.Read(configuration, publicUrl), WebhookTargets = new(targets),
        };
    }

    private static string[] List(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
