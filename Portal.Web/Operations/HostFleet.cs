using System.Collections.Concurrent;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Every host the portal knows, with its connection. Whoever talks to a hypervisor asks here; <see cref="FleetFollower"/> fills it.</summary>
public sealed class HostFleet
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<Guid, FleetHost> _hosts = [];

    /// <summary>The hosts as of now.</summary>
    public IReadOnlyCollection<FleetHost> Hosts => [.. _hosts.Values];

    /// <summary>A host, whatever its link; null when the portal does not know it (any more).</summary>
    public FleetHost? Find(Guid host) => _hosts.GetValueOrDefault(host);

    /// <summary>A host once it answers.</summary>
    /// <param name="host">Its id.</param>
    /// <param name="name">What to call it when it does not.</param>
    /// <param name="atMost">How long to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HostAwayException">It did not answer in time.</exception>
    public async Task<FleetHost> WaitForAsync(Guid host, string name, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(atMost);
        try
        {
            while (true)
            {
                if (Find(host) is not { } found)
                    await Task.Delay(LookAgain, deadline.Token);
                else if (found.IsConnected)
                    return found;
                else
                    await NextLinkAsync(found.Connection, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostAwayException(name, Find(host)?.Connection.Link.Reason);
        }
    }

    internal void Add(FleetHost host) => _hosts[host.Id] = host;

    internal void Remove(Guid host) => _hosts.TryRemove(host, out _);

    /// <summary>Waits until the link changes; returns at once when it is up, and when the host was removed.</summary>
    private static async Task NextLinkAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        // Listening begins before the look, so that no change falls between the two.
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = connection.WatchAsync(listening.Token);
        try
        {
            if (connection.Link.State == HostLinkState.Connected)
                return;
            await foreach (var told in events)
            {
                if (told is LinkChanged)
                    return;
            }
        }
        finally
        {
            await listening.CancelAsync();
        }

        await Task.Delay(LookAgain, cancellationToken);
    }
}
