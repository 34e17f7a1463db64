using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;

namespace Portal.Domain.Machines;

/// <summary>
/// Ends an operation whose runner fails again and again for a reason nobody foresaw. Nothing is known of the hypervisor then, so
/// nothing is given back that might still be taken; the machine is left in a state from which a person can go on.
/// </summary>
public sealed class LastResort(MachineBooks machines, MigrationBooks migrations, SnapshotBooks snapshots)
{
    /// <summary>Ends the operation as failed, and closes the machine's books with it.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">The fault, in its own words.</param>
    /// <param name="ct">Gives up.</param>
    public Task GiveUpAsync(Claim claim, string error, CancellationToken ct) => claim.Kind switch
    {
        OperationKind.Provision => machines.ProvisionAbandonedAsync(claim, $"It could not be made: {Sentence(error)} Delete it to clear what is left, then ask again.", ct),
        OperationKind.Power => machines.PowerFailedAsync(claim, error, cancelled: false, state: null, ct),
        OperationKind.Delete => machines.DeleteFailedAsync(claim, $"It could not be deleted: {Sentence(error)} Delete it again.", ct),
        OperationKind.Resize => machines.ResizeAbandonedAsync(claim, $"The change of its size was given up: {Sentence(error)} Ask again when its host is well.", ct),
        OperationKind.Migrate => migrations.StayedAsync(claim, MigrationStatus.Lost, $"The move was given up: {Sentence(error)} Its hosts are asked where it runs.", measured: null, state: null, ct),
        OperationKind.Rehome => machines.RehomeFailedAsync(claim, $"It was given up: {Sentence(error)} Look where it is defined, then order it again.", cancelled: false, ct),
        OperationKind.Snapshot => snapshots.AbandonedAsync(claim, $"It was given up: {Sentence(error)} Order it again.", ct),
    };

    static string Sentence(string text) => text.TrimEnd('.', ' ') + ".";
}
