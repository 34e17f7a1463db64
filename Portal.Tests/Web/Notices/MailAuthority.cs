using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portal.Tests.Web.Notices;

/// <summary>An authority nobody's system knows, and the file an admin would name it by.</summary>
sealed class MailAuthority : IDisposable
{
    static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddHours(-1);

    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly X509Certificate2 root;

    public MailAuthority()
    {
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        root = request.CreateSelfSigned(From, From.AddDays(2));
        File = Path.GetTempFileName();
        System.IO.File.WriteAllText(File, root.ExportCertificatePem());
    }

    /// <summary>Where its certificate is.</summary>
    public string File { get; }

    /// <summary>A certificate for a server of this name.</summary>
    public X509Certificate2 Issue(string name)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var signed = request.Create(root, From, From.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(own);
    }

    public void Dispose()
    {
        System.IO.File.Delete(File);
        root.Dispose();
        key.Dispose();
    }
}
