using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;

namespace Portal.Domain.Catalog;

/// <summary>Hardware addresses of machines.</summary>
static class MacAddress
{
    /// <summary>The prefix QEMU uses: locally administered, so it collides with no card that was ever sold.</summary>
    public const string Prefix = "52:54:00";

    /// <summary>The address that goes with a machine's identifier: its last 24 bits, which are random in a UUIDv7.</summary>
    public static string For(Guid machineId)
    {
        var bytes = machineId.ToByteArray(bigEndian: true);
        return $"{Prefix}:{bytes[13]:x2}:{bytes[14]:x2}:{bytes[15]:x2}";
    }

    /// <summary>
    /// A new machine's identifier whose address nobody holds. Two transactions that pick the same 24 bits at the same moment meet the
    /// database's unique index; the one that loses is a fault and changes nothing.
    /// </summary>
    public static async Task<(Guid Id, string Mac)> TakeAsync(PortalDbContext db, CancellationToken ct)
    {
        while (true)
        {
            var id = Guid.CreateVersion7();
            var mac = For(id);
            if (!await db.Machines.AnyAsync(m => m.Mac == mac && m.State != MachineState.Deleted, ct))
                return (id, mac);
        }
    }
}
