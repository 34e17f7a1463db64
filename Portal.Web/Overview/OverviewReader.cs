using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Web.Answers;
using Portal.Web.Machines;

namespace Portal.Web.Overview;

/// <summary>Reads the overview from the services of the parts, all at once, each as far as the person may see it.</summary>
public sealed class OverviewReader(
    MachineService machines, RequestService requests, ApprovalService approvals, HostService hosts, ProjectService projects, QuotaService quotas, OperationService operations,
    AnswerBoard answers, TimeProvider time)
{
    const int Shown = 6;
    static readonly string Made = string.Join(',', MachineState.Provisioning, MachineState.Running, MachineState.Off, MachineState.Unknown, MachineState.Failed, MachineState.Deleting);
    static readonly TimeSpan FailureIsNews = TimeSpan.FromHours(24);

    /// <summary>The overview of one project, or of all with null.</summary>
    public async Task<OverviewView> ReadAsync(Actor actor, Guid? project, CancellationToken ct)
    {
        // The same queue as on the page of approvals: whoever a rule asks finds here what waits for him, an owner too.
        var queue = await approvals.QueueAsync(actor, Query(project, "submitted"), ct);
        var decides = actor.IsApprover || queue is { IsOk: true, Value.Total: > 0 };
        var waiting = decides && queue.IsOk ? Task.FromResult(queue.Value)
            : requests.ListAsync(actor, Query(project, "submitted", ("status", nameof(RequestStatus.Waiting)), ("requester", "me")), ct);
        // Those that wait for approval stand among the requests already.
        var mine = machines.ListAsync(actor, Query(project, "-created", ("state", Made)), ct);
        var broken = machines.ListAsync(actor, Query(project, "name", ("state", $"{MachineState.Unknown},{MachineState.Failed}")), ct);
        var ending = machines.ListAsync(actor, Query(project, "lease", ("lease", "soon")), ct);
        var failed = operations.ListAsync(actor, Query(project, "-created", ("status", nameof(OperationStatus.Failed))), ct);
        var silent = SilentAsync(actor, project, ct);
        var allHosts = hosts.ListAsync(actor, ct);
        var limits = QuotasAsync(actor, project, ct);
        await Task.WhenAll(waiting, ending, mine, broken, failed, silent, allHosts, limits);
        var troubles = (await allHosts).Where(h => actor.SeesFleet && h.State == HostState.Unreachable)
            .Select(h => new Trouble("bad", "Does not answer", h.Name, h.StateReason ?? "", $"/hosts?q={Uri.EscapeDataString(h.Name)}", h.StateSince))
            .Concat((await broken).Items.Select(Broken))
            .Concat(await silent)
            .Concat((await failed).Items.Where(o => o.EndedAt > time.GetUtcNow() - FailureIsNews && o.MigrationId is null).Select(Failed));
        return new OverviewView(decides, actor.ReadsEverything, (await waiting).Items, (await waiting).Total, (await mine).Items, (await mine).Total, await limits, actor.SeesFleet ? await allHosts : [], [.. troubles], (await ending).Items, (await ending).Total);
    }

    async Task<IReadOnlyList<ProjectQuotaView>> QuotasAsync(Actor actor, Guid? project, CancellationToken ct)
    {
        var seen = (await projects.ListMineAsync(actor, ct)).Where(p => project is null || p.Id == project).Take(3).ToList();
        var read = await Task.WhenAll(seen.Select(p => quotas.GetAsync(actor, p.Id, ct)));
        return [.. seen.Zip(read).Where(pair => pair.Second.IsOk)
            .Select(pair => new ProjectQuotaView(pair.First, QuotaEffect.OfNow(pair.Second.Value.Lines)))];
    }

    /// <summary>Machines that run and do not answer; those whose host is silent are told of already.</summary>
    async Task<IReadOnlyList<Trouble>> SilentAsync(Actor actor, Guid? project, CancellationToken ct)
    {
        var ids = answers.InTrouble;
        if (ids.Count == 0)
            return [];
        var page = await machines.ListAsync(actor, Query(project, "name", ("state", nameof(MachineState.Running)), ("id", string.Join(',', ids))), ct);
        return [.. page.Items.Where(m => m.Active is null && answers.Of(m.Id) is { IsSilent: true }).Select(m => new Trouble("warn", "Silent", m.Name,
            "It runs and answers no ping: its system hangs, its network is cut, or it refuses pings. Log in to look, or reset it.", $"/machines/{m.Id}", answers.Of(m.Id)?.Since ?? m.StateSince))];
    }

    static Trouble Broken(MachineRow machine) => machine.State == MachineState.Unknown
        ? new("warn", "Unknown", machine.Name, $"{machine.StateReason} It was {MachineChip.Word(machine.LastKnownState ?? MachineState.Off)}.", $"/machines/{machine.Id}", machine.StateSince)
        : new("bad", "Failed", machine.Name, machine.StateReason ?? "", $"/machines/{machine.Id}", machine.StateSince);

    static Trouble Failed(OperationRow operation) =>
        new("bad", "Failed", operation.Title, operation.Error ?? "", $"/machines/{operation.MachineId}", operation.EndedAt ?? operation.CreatedAt);

    static ListQuery Query(Guid? project, string sort, params (string Name, string Value)[] filters)
    {
        var all = filters.Where(f => f.Value.Length > 0).ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        if (project is { } one)
            all["project"] = one.ToString();
        return new ListQuery(Sort: sort, Take: Shown, Filters: all);
    }
}
