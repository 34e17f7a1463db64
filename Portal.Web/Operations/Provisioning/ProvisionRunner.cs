using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations.Provisioning;

/// <summary>
/// Makes a machine: a host is found, its disk cloned and its seed written, then it is defined, started and pinged. A host that fails
/// before the machine may run there is left for another; after that the machine is never tried elsewhere, so it cannot run twice.
/// </summary>
public sealed class ProvisionRunner(MachineBooks books, HostFleet fleet, ILogger<ProvisionRunner> logger) : IOperationRunner
{
    private const int Place = 0, Check = 1, Volumes = 2, Define = 3, Start = 4, Answer = 5;

    /// <summary>How long a host may be away before another is tried: a blink must not chase machines around.</summary>
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a host is waited for on which the machine may run already.</summary>
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(5);

    /// <summary>How long a host is waited for to take back what was begun there.</summary>
    private static readonly TimeSpan UndoPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Provision;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, run.Cancel);
        var tried = new Tried { MayRun = run.Claim.Cursor >= Start };
        while (true)
        {
            try
            {
                if (await MakeAsync(run, tried, stop.Token) is { } refusal)
                    await GiveUpAsync(run, tried, tried.Explain(refusal), cancelled: false, abandon);
                else
                    await run.KeepAsync(held => books.ProvisionedAsync(run.Claim, held, HotVcpus(tried)));
                return;
            }
            catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
            {
                await GiveUpAsync(run, tried, "Making it was stopped on request.", cancelled: true, abandon);
                return;
            }
            catch (Exception fault) when (IsHostsFault(fault) && !tried.MayRun && tried.Placed is not null)
            {
                logger.LogWarning("{Operation} leaves {Host}: {Reason}", run.Claim.Title, tried.HostName, fault.Message);
                tried.Exclude(fault.Message);
                await UndoQuietlyAsync(tried, TimeSpan.Zero, abandon);
            }
            catch (Exception fault) when (IsHostsFault(fault))
            {
                await GiveUpAsync(run, tried, fault.Message, cancelled: false, abandon);
                return;
            }
        }
    }

    /// <summary>Goes through the steps at one host; a refusal when there is none left.</summary>
    private async Task<Refusal?> MakeAsync(OperationRun run, Tried tried, CancellationToken stop)
    {
        Result<Blueprint> placed = default(Result<Blueprint>);
        await run.StepAsync(Place, "Find a host", 5, async _ =>
        {
            placed = await run.KeepAsync(held => books.PlacedAsync(run.Claim, tried.Hosts, held));
            return placed.IsOk ? $"{placed.Value.Host!.Name} has the most room." : placed.Refusal.Message;
        }, stop);
        if (!placed.IsOk)
            return placed.Refusal;

        tried.Placed = placed.Value;
        var row = placed.Value.Host!;
        ProvisionSteps? steps = null;
        await run.StepAsync(Check, $"Check {row.Name}", 15, async token =>
        {
            var host = await fleet.WaitForAsync(row.Id, row.Name, tried.MayRun ? SettlePatience : HostPatience, token);
            steps = new ProvisionSteps(placed.Value, host);
            return await steps.CheckHostAsync(token);
        }, stop);
        await run.StepAsync(Volumes, "Clone the disk and write the seed", 40, steps!.MakeVolumesAsync, stop);
        await run.StepAsync(Define, $"Define it on {row.Name}", 50, steps.DefineAsync, stop);
        tried.MayRun = true;
        await run.StepAsync(Start, "Start it", 60, steps.StartAsync, stop);
        await run.StepAsync(Answer, "Wait for its first answer", 100, steps.AwaitAnswerAsync, stop);
        return null;
    }

    /// <summary>Takes back what was made, then closes the books. What a silent host keeps is removed when it answers again.</summary>
    private async Task GiveUpAsync(OperationRun run, Tried tried, string why, bool cancelled, CancellationToken abandon)
    {
        var left = await UndoQuietlyAsync(tried, UndoPatience, abandon);
        var outcome = left is null
            ? "Nothing of it is left; its quota, name and address are free again."
            : $"What was begun on {tried.HostName} is removed when that host answers again ({left}); quota, name and address are free now.";
        await run.KeepAsync(held => books.ProvisionFailedAsync(run.Claim, $"{why.TrimEnd()} {outcome}", cancelled, held));
    }

    /// <summary>Undoes at the present host; returns why it could not, or null.</summary>
    private async Task<string?> UndoQuietlyAsync(Tried tried, TimeSpan atMost, CancellationToken abandon)
    {
        if (tried.Placed is not { Host: { } row } placed)
            return null;
        try
        {
            await new ProvisionSteps(placed, await fleet.WaitForAsync(row.Id, row.Name, atMost, abandon)).UndoAsync(abandon);
            return null;
        }
        catch (Exception fault) when (IsHostsFault(fault))
        {
            logger.LogWarning("Something may be left on {Host}: {Reason}", tried.HostName, fault.Message);
            return fault.Message.TrimEnd('.');
        }
    }

    /// <summary>How many processors it was prepared for when it was defined.</summary>
    private static int HotVcpus(Tried tried) => tried.Placed is { Host.Report: { } report } placed
        ? MachineDefinition.MostVcpus(placed.Machine.Vcpus, Enum.Parse<Accelerator>(report.Accelerator)) : 0;

    private static bool IsHostsFault(Exception fault) => fault is HostAwayException or UnfitHostException or LibvirtException;
}
