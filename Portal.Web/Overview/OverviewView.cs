using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Web.Overview;

/// <summary>What the overview shows: what waits for me, what is mine, what is wrong.</summary>
/// <param name="Decides">Whether decisions wait for this person.</param>
/// <param name="SeesAll">Whether every project is open to this person.</param>
/// <param name="Waiting">Requests that wait, oldest first; those to decide for who decides, others' own.</param>
/// <param name="WaitingTotal">How many there are.</param>
/// <param name="Machines">Machines, the newest first.</param>
/// <param name="MachinesTotal">How many there are.</param>
/// <param name="Quotas">The limits of the projects looked at.</param>
/// <param name="Hosts">The hosts, for those who look after them.</param>
/// <param name="Wrong">What needs a look, gravest first.</param>
/// <param name="Ending">Machines whose lease ends soon, the next first.</param>
/// <param name="EndingTotal">How many there are.</param>
public sealed record OverviewView(
    bool Decides, bool SeesAll, IReadOnlyList<RequestView> Waiting, int WaitingTotal, IReadOnlyList<MachineRow> Machines, int MachinesTotal,
    IReadOnlyList<ProjectQuotaView> Quotas, IReadOnlyList<HostRow> Hosts, IReadOnlyList<Trouble> Wrong, IReadOnlyList<MachineRow> Ending, int EndingTotal);

/// <summary>A project with its limits.</summary>
public sealed record ProjectQuotaView(ProjectView Project, IReadOnlyList<QuotaEffect> Lines);

/// <summary>Something that is not as it should be.</summary>
/// <param name="Tone"><c>bad</c> or <c>warn</c>.</param>
/// <param name="State">How it is, in a word or two.</param>
/// <param name="Name">What it is about.</param>
/// <param name="Text">What happened and what to do.</param>
/// <param name="Address">Where more is told.</param>
/// <param name="Since">Since when.</param>
public sealed record Trouble(string Tone, string State, string Name, string Text, string Address, DateTimeOffset Since);
