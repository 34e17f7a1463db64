using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portal.Web.Notices;

/// <summary>Whether the mail server is who it says: by the system's authorities, and by those a setting names besides.</summary>
public static class MailTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Why the certificate will not do, as the rest of a sentence about the server, and what to do; null when it does.</summary>
    /// <param name="settings">Which server was meant, and the authorities trusted besides.</param>
    /// <param name="certificate">What it showed.</param>
    /// <param name="chain">How the system judged it.</param>
    /// <param name="errors">What the system found wrong.</param>
    public static string? Refuse(MailSettings settings, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (certificate is null || chain is null)
            return "it shows no certificate.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"its certificate is not for {settings.Host}. Set Portal__Smtp__Host to a name the certificate has.";
        if (settings.Authorities is not { } own)
            return $"its certificate is not trusted ({Reasons(chain)}). Name a file with its authority's certificate in Portal__Smtp__CaFile.";
        using var again = new X509Chain();
        again.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        again.ChainPolicy.CustomTrustStore.AddRange(own);
        again.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        again.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in chain.ChainElements)
            again.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var shown = new X509Certificate2(certificate);
        return again.Build(shown) ? null : $"its certificate is trusted neither by the system nor by the authorities in Portal__Smtp__CaFile ({Reasons(again)}).";
    }

    private static string Reasons(X509Chain chain) => string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
}
