using System.Buffers.Binary;
using System.Text;

namespace Portal.Domain.Requests;

/// <summary>
/// A public key as one line of an <c>authorized_keys</c> file. It ends up in a guest, so it is taken apart to the last byte
/// (RFC 4253 §6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f) and nothing but a key gets through: no options, no second line.
/// </summary>
public static class SshPublicKey
{
    /// <summary>The most bytes a line may have.</summary>
    public const int MaxBytes = 8192;

    const int MostComment = 100;

    /// <summary>Kinds that are taken, with the number of fields their body has after the name.</summary>
    static readonly Dictionary<string, int> Kinds = new(StringComparer.Ordinal)
    {
        ["ssh-ed25519"] = 1,
        ["ecdsa-sha2-nistp256"] = 2,
        ["ecdsa-sha2-nistp384"] = 2,
        ["ecdsa-sha2-nistp521"] = 2,
        ["ssh-rsa"] = 2,
        ["sk-ssh-ed25519@openssh.com"] = 2,
        ["sk-ecdsa-sha2-nistp256@openssh.com"] = 3,
    };

    /// <summary>The line to give to the guest, or what is wrong with it.</summary>
    public static Result<string> Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return Refused("An SSH public key is needed to log in.");
        if (text.StartsWith("-----BEGIN", StringComparison.Ordinal))
            return Refused(text.Contains("PRIVATE", StringComparison.Ordinal) ? "This is a private key; it must never leave your machine, and it was not kept here." : "This key is in PEM form, which SSH servers do not read.");
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return Refused($"The SSH key is longer than {MaxBytes / 1024} KiB.");
        if (Texts.HasControls(text))
            return Refused("The SSH key has more than one line, or control characters.");

        var parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (!Kinds.TryGetValue(parts[0], out var fields))
            return Refused(text.Contains("ssh-", StringComparison.Ordinal) || parts.Length > 1 ? $"“{parts[0].Cut(MostComment)}” is not a kind of SSH key that is taken here." : "This is not an SSH public key.");
        if (parts.Length < 2 || !TryDecode(parts[1], out var blob) || !IsKey(blob, parts[0], fields))
            return Refused($"The {parts[0]} key is damaged or cut short.");
        var comment = parts.Length > 2 ? Clean(parts[2]) : "";
        return comment.Length > 0 ? $"{parts[0]} {parts[1]} {comment}" : $"{parts[0]} {parts[1]}";
    }

    static bool TryDecode(string base64, out byte[] blob)
    {
        blob = new byte[base64.Length];
        var ok = Convert.TryFromBase64String(base64, blob, out var length);
        blob = blob[..length];
        return ok;
    }

    static bool IsKey(ReadOnlySpan<byte> blob, string kind, int fields)
    {
        if (!TryRead(ref blob, out var name) || !name.SequenceEqual(Encoding.ASCII.GetBytes(kind)))
            return false;
        for (var field = 0; field < fields; field++)
        {
            if (!TryRead(ref blob, out var value) || value.IsEmpty)
                return false;
            if (field == 0 && kind.Contains("ed25519", StringComparison.Ordinal) && value.Length != 32)
                return false;
            if (field == 0 && kind.IndexOf("nistp", StringComparison.Ordinal) is >= 0 and var curve && !value.SequenceEqual(Encoding.ASCII.GetBytes(kind.AsSpan(curve, 8).ToArray())))
                return false;
        }
        return blob.IsEmpty;
    }

    /// <summary>One length-prefixed field (RFC 4251 §5 <c>string</c>).</summary>
    static bool TryRead(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out var length) || length > rest.Length - 4)
            return false;
        field = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }

    /// <summary>A comment is for people; what cannot be seen is left out of it.</summary>
    static string Clean(string comment)
    {
        var seen = string.Concat(comment.EnumerateRunes().Where(Texts.IsSeen));
        return seen.Cut(MostComment).Trim();
    }

    static InvalidText Refused(string problem) =>
        new("sshKey", problem, "Paste the one line of your public key file, e.g. ~/.ssh/id_ed25519.pub; “ssh-keygen -t ed25519” makes one.");
}
