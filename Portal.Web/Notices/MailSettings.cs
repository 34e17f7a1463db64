using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit.Security;
using MimeKit;
using Portal.Web.Setup;

namespace Portal.Web.Notices;

/// <summary>The mail server that e-mails go through (<c>Portal__Smtp__…</c>).</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the connection is protected.</param>
/// <param name="User">Whom the portal signs in as there; null when it does not.</param>
/// <param name="Password">With which password.</param>
/// <param name="From">Whom e-mails are from.</param>
/// <param name="Authorities">Authorities whose certificates are trusted besides the system's; null: none.</param>
public sealed record MailSettings(string Host, int Port, SecureSocketOptions Security, string? User, string? Password, MailboxAddress From, X509Certificate2Collection? Authorities = null)
{
    /// <summary>Reads them; null when no host is set, so that e-mail is off.</summary>
    /// <exception cref="SettingsException">One is missing or cannot be understood.</exception>
    public static MailSettings? Read(IConfiguration configuration, Uri? publicUrl)
    {
        var smtp = configuration.GetSection("Portal:Smtp");
        if (smtp["Host"] is not { Length: > 0 } host)
            return smtp.GetChildren().FirstOrDefault(c => !string.IsNullOrEmpty(c.Value)) is { } lone ? throw new SettingsException($"Portal__Smtp__{lone.Key} is set but Portal__Smtp__Host is not. Name the mail server there, or leave all of Portal__Smtp out: then e-mail is off.") : null;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new SettingsException($"Portal__Smtp__Host holds '{host}', which is no host name or address such as mail.example.");

        var security = smtp["Security"] switch
        {
            null or "" or "starttls" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            { } other => throw new SettingsException($"Portal__Smtp__Security holds '{other}', which is none of none, starttls and tls."),
        };
        var usual = security switch { SecureSocketOptions.SslOnConnect => 465, SecureSocketOptions.StartTls => 587, _ => 25 };
        var port = smtp["Port"] is { Length: > 0 } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 : usual;
        if (port is < 1 or > 65535)
            throw new SettingsException($"Portal__Smtp__Port holds '{smtp["Port"]}', which is not a port from 1 to 65535.");

        var (user, password) = (NotEmpty(smtp["User"]), NotEmpty(smtp["Password"]));
        if (user is null != password is null)
            throw new SettingsException("Of Portal__Smtp__User and Portal__Smtp__Password one is set and the other is not. Set both, or neither when the server wants no sign-in.");
        if (NotEmpty(smtp["From"]) is not { } from || !MailboxAddress.TryParse(from, out var sender) || !sender.Address.Contains('@', StringComparison.Ordinal))
            throw new SettingsException($"Portal__Smtp__From holds '{smtp["From"]}', which is no address such as 'Portal <portal@example.org>'. E-mails need one to be from.");
        if (publicUrl is null)
            throw new SettingsException("Portal__Smtp__Host is set but Portal__PublicUrl is not. Put the address people open the portal at there, for example https://portal.example: links in e-mails begin with it.");
        return new(host, port, security, user, password, sender, NotEmpty(smtp["CaFile"]) is { } file ? ReadAuthorities(file) : null);
    }

    /// <summary>Where the server is; never its password.</summary>
    public override string ToString() => $"{Host}:{Port}";

    static X509Certificate2Collection ReadAuthorities(string file)
    {
        X509Certificate2Collection read = [];
        try
        {
            read.ImportFromPemFile(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"Portal__Smtp__CaFile names '{file}', which cannot be read: {fault.Message}");
        }
        return read.Count > 0 ? read : throw new SettingsException($"Portal__Smtp__CaFile names '{file}', which holds no certificate. Put the authority's there in PEM form (-----BEGIN CERTIFICATE-----).");
    }

    static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
