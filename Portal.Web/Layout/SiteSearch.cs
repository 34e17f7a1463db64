using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Web.Hosts;
using Portal.Web.Machines;

namespace Portal.Web.Layout;

/// <summary>Something the search found.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Detail">What it is, and how it is.</param>
/// <param name="Address">Where it is on these pages.</param>
public sealed record SearchHit(string Title, string Detail, string Address);

/// <summary>The search of the top bar: machines, hosts, requests and people, each as far as the person may see them.</summary>
public sealed class SiteSearch(MachineService machines, HostService hosts, RequestService requests, People people)
{
    const int MostOfAKind = 5;

    /// <summary>What fits, machines first.</summary>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        var query = new ListQuery(text, Take: MostOfAKind);
        var foundMachines = machines.ListAsync(actor, query, cancellationToken);
        var allHosts = hosts.ListAsync(actor, cancellationToken);
        var foundRequests = requests.ListAsync(actor, query, cancellationToken);
        var foundPeople = people.SearchAsync(actor, text, MostOfAKind, cancellationToken);
        await Task.WhenAll(foundMachines, allHosts, foundRequests, foundPeople);
        return
        [
            .. (await foundMachines).Items.Select(m => new SearchHit(m.Name, $"machine · {MachineChip.Word(m.State)} · {m.Address}", $"/machines/{m.Id}")),
            .. (await allHosts).Where(h => actor.SeesFleet && h.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).Take(MostOfAKind)
                .Select(h => new SearchHit(h.Name, $"host · {HostChip.Word(h.State)}", $"/hosts?q={Uri.EscapeDataString(h.Name)}")),
            .. (await foundRequests).Items.Select(r => new SearchHit(r.Subject, $"request · {r.Status.ToString().ToLowerInvariant()} · {r.ProjectName}", $"/requests/{r.Id}")),
            .. (await foundPeople).Select(p => new SearchHit(p.Name, $"person · {p.UserName}", $"/requests?requester={p.Id}")),
        ];
    }
}
