using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Domain.Hosts;

/// <summary>What the text an admin gives for a host must look like.</summary>
static partial class HostRules
{
    // libvirt runs what these name, on the portal's own machine; and without verification anybody could be the host.
    static readonly string[] DangerousParameters = ["command", "netcat", "no_verify", "no_tty", "sshauth"];

    /// <summary>Why a draft is refused, or null.</summary>
    public static Refusal? Check(HostDraft draft)
    {
        if (draft.Name is not { Length: > 0 and <= 60 } || !Name().IsMatch(draft.Name))
            return new InvalidText("name", "A host's name begins with a letter or digit and goes on with letters, digits, dots and dashes, at most 60 of them.", "For example hv1 or rack2-node07.");
        if (draft.Pool is not { Length: > 0 and <= 60 } || !Name().IsMatch(draft.Pool))
            return new InvalidText("pool", "A storage pool's name begins with a letter or digit and goes on with letters, digits, dots and dashes.", "Use the name that “virsh pool-list” shows on the host.");
        if (!string.IsNullOrEmpty(draft.Address) && !IPAddress.TryParse(draft.Address, out _))
            return new InvalidText("address", $"“{Short(draft.Address)}” is no IP address.", "Give the address other hosts reach it by, or leave it empty.");
        return CheckUri(draft.Uri);
    }

    static InvalidText? CheckUri(string? text)
    {
        const string example = "For example qemu+tls://hv1.example.org/system or qemu+ssh://portal@hv1/system.";
        if (text is not { Length: > 0 and <= 400 } || !Uri.TryCreate(text, UriKind.Absolute, out var uri))
            return new InvalidText("uri", $"“{Short(text)}” is no libvirt connection URI.", example);
        var parts = uri.Scheme.Split('+');
        if (parts is not (["qemu" or "test"] or ["qemu" or "test", "tls" or "ssh" or "unix"]))
            return new InvalidText("uri", $"The portal does not connect by “{uri.Scheme}”: it speaks to QEMU through tls, ssh or a local socket.", example);
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
            return new InvalidText("uri", "A password must not stand in the URI: it would be stored and shown.", "Use a key (ssh) or a certificate (tls).");
        var dangerous = uri.Query.TrimStart('?').Split('&').Select(p => Uri.UnescapeDataString(p.Split('=')[0])).FirstOrDefault(p => DangerousParameters.Contains(p, StringComparer.OrdinalIgnoreCase));
        return dangerous is null ? null : new InvalidText("uri", $"The parameter “{Short(dangerous)}” is not allowed: it would run commands on the portal's machine or skip checks.", "Leave it out.");
    }

    static string Short(string? text) => text is null ? "" : text.Length <= 60 ? text : text[..60] + "…";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.\-_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
