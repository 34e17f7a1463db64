using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Portal.Domain.Audit;

/// <summary>Everything of an event that is sealed, as it stands in the database.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="At">When, to the microsecond.</param>
/// <param name="ActorId">Who.</param>
/// <param name="ActorName">That person's name then.</param>
/// <param name="Action">What.</param>
/// <param name="SubjectKind">On what kind of thing.</param>
/// <param name="SubjectId">On which.</param>
/// <param name="SubjectName">Its name then.</param>
/// <param name="ProjectId">In which project.</param>
/// <param name="Detail">More about it: JSON.</param>
/// <param name="RemoteAddress">From where.</param>
public sealed record AuditFacts(Guid Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, string SubjectKind, Guid SubjectId, string SubjectName, Guid? ProjectId, string Detail, string? RemoteAddress);

/// <summary>
/// The bytes of an event that go into its hash, version 1, so that anybody can compute them again:
/// the ASCII text <c>portal-audit-1</c>, then in this order sequence, id, at, actor_id, actor_name, action, subject_kind, subject_id,
/// subject_name, project_id, detail, remote_address. A whole number is 8 bytes, most significant first; <c>at</c> is one: microseconds since 1970 in
/// UTC. An identifier is its 16 bytes as written. A text is its length in UTF-8 bytes as a whole number, then those. What may be missing has a byte
/// before it: 0 missing, 1 there. The detail is a JSON value: one of the bytes <c>z t f n s a o</c> for null, true, false, number,
/// text, array and object; a number follows as the text PostgreSQL gives for it, a text as text, an array as its length and elements, an object as the
/// number of its members and each one's name and value, ordered by the names' UTF-8 bytes.
/// </summary>
public sealed class AuditCanon
{
    /// <summary>The form written now.</summary>
    public const short Version = 1;

    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    static readonly byte[] Mark = "portal-audit-1"u8.ToArray();

    readonly ArrayBufferWriter<byte> bytes = new(1024);

    /// <summary>What stands before the first event's hash.</summary>
    public static byte[] Beginning => new byte[HashBytes];

    /// <summary>The event's hash at a place after the one with the hash <paramref name="previous"/>. Not for several threads at once.</summary>
    public byte[] Hash(ReadOnlySpan<byte> previous, long sequence, AuditFacts facts)
    {
        bytes.ResetWrittenCount();
        bytes.Write(previous);
        Write(sequence, facts);
        return SHA256.HashData(bytes.WrittenSpan);
    }

    void Write(long sequence, AuditFacts facts)
    {
        bytes.Write(Mark);
        Number(sequence);
        Id(facts.Id);
        Number((facts.At.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        Id(facts.ActorId);
        Text(facts.ActorName);
        Text(facts.Action);
        Text(facts.SubjectKind);
        Id(facts.SubjectId);
        Text(facts.SubjectName);
        Presence(facts.ProjectId is not null);
        if (facts.ProjectId is { } project)
            Id(project);
        using (var detail = JsonDocument.Parse(facts.Detail, new JsonDocumentOptions { MaxDepth = 1000 }))
            Value(detail.RootElement);
        Presence(facts.RemoteAddress is not null);
        if (facts.RemoteAddress is { } address)
            Text(address);
    }

    void Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                Byte('z');
                break;
            case JsonValueKind.True:
                Byte('t');
                break;
            case JsonValueKind.False:
                Byte('f');
                break;
            case JsonValueKind.Number:
                Byte('n');
                Text(value.GetRawText());
                break;
            case JsonValueKind.String:
                Byte('s');
                Text(value.GetString()!);
                break;
            case JsonValueKind.Array:
                Byte('a');
                Number(value.GetArrayLength());
                foreach (var element in value.EnumerateArray())
                    Value(element);
                break;
            case JsonValueKind.Object:
                Byte('o');
                var members = value.EnumerateObject().Select(m => (Name: Encoding.UTF8.GetBytes(m.Name), m.Value)).ToList();
                members.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
                Number(members.Count);
                foreach (var (name, member) in members)
                {
                    Number(name.Length);
                    bytes.Write(name);
                    Value(member);
                }
                break;
            case JsonValueKind.Undefined:
                throw new InvalidOperationException("A parsed document has no undefined value.");
        }
    }

    void Number(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), number);
        bytes.Advance(sizeof(long));
    }

    void Id(Guid id)
    {
        id.TryWriteBytes(bytes.GetSpan(16), bigEndian: true, out var written);
        bytes.Advance(written);
    }

    void Text(string text)
    {
        Number(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    void Presence(bool there) => Byte(there ? (char)1 : (char)0);

    void Byte(char letter)
    {
        bytes.GetSpan(1)[0] = (byte)letter;
        bytes.Advance(1);
    }
}
