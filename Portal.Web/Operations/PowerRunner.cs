using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Hypervisor;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>Switches a machine's power.</summary>
public sealed class PowerRunner(MachineBooks books, HostFleet fleet) : IOperationRunner
{
    /// <summary>How long a guest may take to shut down after it was asked.</summary>
    public static readonly TimeSpan ShutDownTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(10);

    /// <summary>A guest may be too busy to hear the first ask, during its start above all.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Power;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, run.Cancel);
        var action = run.Claim.Read<PowerParameters>().Action;
        var blueprint = await run.KeepAsync(held => books.BlueprintAsync(run.Claim.MachineId, held));
        if (blueprint is not { Machine: { } machine, Host: { } row })
        {
            await run.KeepAsync(held => books.PowerFailedAsync(run.Claim, "The machine lives on no host.", cancelled: false, state: null, held));
            return;
        }

        try
        {
            string? refused = null;
            await run.StepAsync(0, Title(action, machine.Name), 100, async token =>
            {
                refused = await SwitchAsync(await fleet.WaitForAsync(row.Id, row.Name, HostPatience, token), machine, action, token);
                return refused;
            }, stop.Token);
            var seen = await SeenAsync(row.Id, machine.Id, abandon);
            var state = StateOf(seen);
            await run.KeepAsync(held => refused is null
                ? books.PowerDoneAsync(run.Claim, state ?? Expected(action), held, seen is null ? null : HostReporter.SizeOf(seen))
                : books.PowerFailedAsync(run.Claim, refused, cancelled: false, state, held));
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            var state = StateOf(await SeenAsync(row.Id, machine.Id, abandon));
            await run.KeepAsync(held => books.PowerFailedAsync(run.Claim, "Stopped on request. What the guest was asked for it may still do.", cancelled: true, state, held));
        }
        catch (Exception fault) when (fault is LibvirtException or HostAwayException)
        {
            var state = StateOf(await SeenAsync(row.Id, machine.Id, abandon));
            await run.KeepAsync(held => books.PowerFailedAsync(run.Claim, $"{fault.Message.TrimEnd('.')}. Look at the machine's state, then try again.", cancelled: false, state, held));
        }
    }

    /// <summary>Does it; returns what to tell when the guest does not play along.</summary>
    private static async Task<string?> SwitchAsync(FleetHost host, Machine machine, PowerAction action, CancellationToken cancellationToken)
    {
        // Called off before it began: the guest hears nothing of it.
        cancellationToken.ThrowIfCancellationRequested();
        switch (action)
        {
            case PowerAction.Start:
                await host.Machines.StartAsync(machine.Id, cancellationToken);
                return null;
            case PowerAction.Reset:
                await host.Machines.ResetAsync(machine.Id, cancellationToken);
                return null;
            case PowerAction.PowerOff:
                await host.Machines.DestroyAsync(machine.Id, cancellationToken);
                return null;
            case PowerAction.ShutDown:
                return await ShutDownAsync(host, machine, cancellationToken);
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "Not a power action.");
        }
    }

    private static async Task<string?> ShutDownAsync(FleetHost host, Machine machine, CancellationToken cancellationToken)
    {
        for (var asked = TimeSpan.Zero; asked < ShutDownTime; asked += AskAgain)
        {
            if (await host.Machines.FindAsync(machine.Id, cancellationToken) is { State: PowerState.Off or PowerState.Crashed })
                return null;
            await host.Machines.ShutDownAsync(machine.Id, cancellationToken);
            if (await MachineWait.ForAsync(host, machine.Id, seen => seen is { State: PowerState.Off or PowerState.Crashed }, AskAgain, cancellationToken))
                return null;
        }

        return $"{machine.Name} was asked to shut down and still runs after {ShutDownTime.TotalSeconds:0} s: its system does not react to the power button. "
            + "Log in and shut it down from inside, or cut its power; what is not saved is lost then.";
    }

    /// <summary>What the host says now; null when it does not.</summary>
    private async Task<MachineStatus?> SeenAsync(Guid host, Guid machine, CancellationToken cancellationToken)
    {
        try
        {
            return fleet.Find(host) is { } found ? await found.Machines.FindAsync(machine, cancellationToken) : null;
        }
        catch (LibvirtException)
        {
            // The state stays as it was known; the fleet says when the host is back.
            return null;
        }
    }

    private static MachineState? StateOf(MachineStatus? seen) => seen is null ? null : HostReporter.StateOf(seen.State);

    private static MachineState Expected(PowerAction action) => action is PowerAction.Start or PowerAction.Reset ? MachineState.Running : MachineState.Off;

    private static string Title(PowerAction action, string name) => action switch
    {
        PowerAction.Start => $"Start {name}",
        PowerAction.ShutDown => $"Ask {name} to shut down",
        PowerAction.Reset => $"Reset {name}",
        PowerAction.PowerOff => $"Cut the power of {name}",
    };
}
