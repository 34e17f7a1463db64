using System.Text;
using CsCheck;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class SshPublicKeyTests
{
    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519", 32)]
    [InlineData("ssh-rsa", "ssh-rsa", 3, 257)]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", -1, 65)]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", -1, 97)]
    [InlineData("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", -1, 133)]
    [InlineData("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", 32, 4)]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", -1, 65, 4)]
    public void Every_kind_that_is_taken_passes_and_stays_as_it_is(string kind, string inner, params int[] fields)
    {
        var line = Line(kind, inner, fields);
        SshPublicKey.Parse(line).Value.ShouldBe(line);
        SshPublicKey.Parse($"  {line}   ada@desk\r\n").Value.ShouldBe($"{line} ada@desk");
    }

    [Fact]
    public void A_key_made_by_ssh_keygen_passes() => SshPublicKey.Parse(World.SshKey).Value.ShouldBe(World.SshKey);

    [Fact]
    public void The_name_inside_must_be_the_name_outside() => Refused(Line("ssh-ed25519", "ssh-rsa", 32)).ShouldContain("damaged");

    [Fact]
    public void A_key_cut_short_or_too_long_inside_is_refused()
    {
        Refused(World.SshKey.Split(' ')[0] + " " + World.SshKey.Split(' ')[1][..40]).ShouldContain("cut short");
        Refused(Line("ssh-ed25519", "ssh-ed25519", 31)).ShouldContain("damaged");
        Refused(Line("ssh-ed25519", "ssh-ed25519", 32, 4)).ShouldContain("damaged");
        Refused(Line("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", 8, 65)).ShouldContain("damaged");
    }

    [Fact]
    public void A_second_line_an_option_or_a_control_character_gets_nowhere()
    {
        Refused(World.SshKey + "\nssh-ed25519 AAAA evil").ShouldContain("more than one line");
        Refused("command=\"rm -rf /\" " + World.SshKey).ShouldContain("not a kind");
        Refused(World.SshKey + "\u0000").ShouldContain("control characters");
        Refused("ssh-dss AAAA").ShouldContain("ssh-dss");
    }

    [Fact]
    public void A_private_key_is_recognised() => Refused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END").ShouldContain("private key");

    [Fact]
    public void More_than_eight_KiB_is_refused() => Refused(World.SshKey + new string('x', 8192)).ShouldContain("8 KiB");

    [Fact]
    public void What_cannot_be_seen_is_left_out_of_the_comment() =>
        SshPublicKey.Parse(World.SshKey + "\u202Eevil\u200B").Value.ShouldBe(World.SshKey + "evil");

    [Fact]
    public void Whatever_is_pasted_the_answer_is_one_clean_line_or_a_refusal() => Gen.String.Array[0, 4].Sample(parts =>
    {
        foreach (var text in new[] { string.Join(' ', parts), $"{World.SshKey} {string.Concat(parts)}", $"ssh-ed25519 {string.Concat(parts)}" })
        {
            var answer = SshPublicKey.Parse(text);
            if (answer.IsOk)
                answer.Value.Any(char.IsControl).ShouldBeFalse();
        }
    });

    static string Refused(string text) => SshPublicKey.Parse(text).Refusal.ShouldNotBeNull().Message;

    /// <summary>A line with fields of these lengths; −1 stands for the curve's name.</summary>
    static string Line(string kind, string inner, params int[] fields)
    {
        using var blob = new MemoryStream();
        void Write(ReadOnlySpan<byte> field)
        {
            blob.Write([(byte)(field.Length >> 24), (byte)(field.Length >> 16), (byte)(field.Length >> 8), (byte)field.Length]);
            blob.Write(field);
        }

        Write(Encoding.ASCII.GetBytes(inner));
        foreach (var length in fields)
            Write(length < 0 ? Encoding.ASCII.GetBytes(inner[inner.IndexOf("nistp", StringComparison.Ordinal)..].Split('@')[0]) : [.. Enumerable.Repeat((byte)7, length)]);
        return $"{kind} {Convert.ToBase64String(blob.ToArray())}";
    }
}
