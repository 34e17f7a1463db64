using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>Waits until a machine is in a state, by the host's events and not by asking again and again.</summary>
public static class MachineWait
{
    /// <summary>True once <paramref name="reached"/> holds; false when it does not within <paramref name="atMost"/>.</summary>
    public static async Task<bool> ForAsync(FleetHost host, Guid machine, Func<MachineStatus?, bool> reached, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(atMost);
        try
        {
            // Listening begins before the look, so that no event falls between the two.
            var events = host.Connection.WatchAsync(deadline.Token);
            if (reached(await host.Machines.FindAsync(machine, deadline.Token)))
                return true;
            await foreach (var told in events)
            {
                if (Concerns(told, machine) && reached(await host.Machines.FindAsync(machine, deadline.Token)))
                    return true;
            }

            throw new HostAwayException(host.Name, "it was removed from the portal");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await deadline.CancelAsync();
        }
    }

    private static bool Concerns(HostEvent told, Guid machine) => told switch
    {
        MachineChanged changed => changed.Machine == machine,
        MachineForgotten forgotten => forgotten.Machine == machine,
        LinkChanged or EventsMissed => true,
        _ => false,
    };
}
