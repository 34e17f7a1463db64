using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Domain.Hosts;

/// <summary>What the text an admin gives for a host must look like.</summary>
static partial class HostRules
{
    // Others make libvirt run a program on the portal's own machine, or take anybody for the host.
    static readonly string[] Parameters = ["pkipath", "keyfile", "socket"];

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
        // libvirt's own test driver has one fleet built in; any other path is a file of the portal's machine that it would read.
        if (parts is ["test", ..])
            return text == "test:///default" ? null : new InvalidText("uri", "Of libvirt's test driver only “test:///default” is allowed.", example);
        if (parts is not (["qemu"] or ["qemu", "tls" or "ssh" or "unix"]))
            return new InvalidText("uri", $"The portal does not connect by “{uri.Scheme}”: it speaks to QEMU through tls, ssh or a local socket.", example);
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
            return new InvalidText("uri", "A password must not stand in the URI: it would be stored and shown.", "Use a key (ssh) or a certificate (tls).");
        // Read as libvirt does: from the first "?", and parted by ";" as well as by "&".
        var query = text.Contains('?', StringComparison.Ordinal) ? text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var foreign = query.Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')[0]).FirstOrDefault(p => !Parameters.Contains(p, StringComparer.Ordinal));
        return foreign is null ? null : new InvalidText("uri", $"The parameter “{Short(foreign)}” is not allowed: it could run commands on the portal's machine or skip checks.", $"Leave it out; {string.Join(", ", Parameters)} are taken.");
    }

    static string Short(string? text) => text is null ? "" : text.Length <= 60 ? text : text.Cut(60) + "…";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.\-_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
