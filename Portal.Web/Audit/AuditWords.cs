using System.Text.Json;
using System.Text.RegularExpressions;
using Portal.Web.Controls;

namespace Portal.Web.Audit;

/// <summary>The audit trail's own names in plain words.</summary>
public static partial class AuditWords
{
    internal const string Before = "before";
    internal const string After = "after";

    /// <summary>The kinds of things that can be filtered for.</summary>
    public static IReadOnlyList<(string Value, string Text)> Kinds { get; } =
        [("machine", "Machines"), ("request", "Requests"), ("operation", "Operations"), ("host", "Hosts"), ("account", "Accounts"), ("token", "Tokens"), ("rule", "Rules"), ("delegation", "Delegations"), ("project", "Projects"), ("member", "Places in projects"), ("webhook", "Webhooks"), ("delivery", "Deliveries"), ("snapshot", "Snapshots"), ("quota", "Quotas"), ("lease", "Leases"), ("schedule", "Schedules"), ("evacuation", "Evacuations"), ("move-policy", "Move policies"), ("audit", "The audit trail")];

    static Dictionary<string, string> Known { get; } = new(StringComparer.Ordinal)
    {
        ["request.submit"] = "Submitted a request",
        ["request.comment"] = "Wrote on a request",
        ["request.withdraw"] = "Withdrew a request",
        ["request.approve"] = "Approved a request",
        ["request.deny"] = "Denied a request",
        ["request.approve-level"] = "Said yes at a level",
        ["request.escalate"] = "Asked admins about a request",
        ["policy.add-rule"] = "Added a rule",
        ["policy.change-rule"] = "Changed a rule",
        ["policy.move-rule"] = "Moved a rule",
        ["policy.enable-rule"] = "Switched a rule on",
        ["policy.disable-rule"] = "Switched a rule off",
        ["policy.delete-rule"] = "Deleted a rule",
        ["policy.set-prices"] = "Set prices",
        ["delegation.add"] = "Had somebody stand in",
        ["delegation.end"] = "Ended a delegation",
        ["quota.set"] = "Set a project’s limits",
        ["quota.set-member"] = "Set a member’s limits",
        ["quota.drift"] = "Found what a person holds miscounted",
        ["quota.recount"] = "Recounted what a project holds",
        ["quota.recount-all"] = "Recounted what all projects hold",
        ["machine.start"] = "Started a machine",
        ["machine.shut-down"] = "Shut a machine down",
        ["machine.reset"] = "Reset a machine",
        ["machine.power-off"] = "Cut a machine’s power",
        ["machine.delete"] = "Asked to delete a machine",
        ["machine.migrate"] = "Asked for a move",
        ["machine.migrate.limit"] = "Limited a move’s stream",
        ["machine.moved"] = "A machine moved",
        ["machine.stayed"] = "A machine stayed where it was",
        ["machine.move-settled"] = "How a move ended was found out",
        ["machine.rehome"] = "Gave a machine that is off another host",
        ["machine.rehomed"] = "A machine has another host",
        ["machine.rehome-failed"] = "A machine was not given another host",
        ["machine.found-elsewhere"] = "A machine was found on another host",
        ["machine.stopped-outside"] = "A machine stopped outside the portal",
        ["machine.provision"] = "Made a machine",
        ["machine.provision-failed"] = "Making a machine failed",
        ["machine.provision-cancelled"] = "Making a machine was cancelled",
        ["machine.provision-abandoned"] = "Making a machine was given up",
        ["machine.deleted"] = "A machine is gone",
        ["machine.objective"] = "Set what users may notice of a machine's moves",
        ["project.objective"] = "Set what users may notice of a project's moves",
        ["machine.protect"] = "Protected a machine from deletion",
        ["machine.unprotect"] = "Took a machine’s protection off",
        ["machine.tag"] = "Tagged a machine",
        ["machine.resize"] = "Resized a machine",
        ["machine.resize-failed"] = "Resizing a machine failed",
        ["machine.resize-cancelled"] = "Resizing a machine was cancelled",
        ["machine.resize-abandoned"] = "Resizing a machine was given up",
        ["machine.size-settled"] = "A machine’s size was found out",
        ["machine.runs-twice"] = "A machine was found running twice",
        ["machine.extend-lease"] = "Extended a lease",
        ["machine.lease-end"] = "A lease ended",
        ["machine.lease-grace"] = "A lease’s days of grace began",
        ["machine.lease-undo"] = "Took a lease’s end back",
        ["schedule.create"] = "Made a schedule",
        ["schedule.change"] = "Changed a schedule",
        ["schedule.enable"] = "Switched a schedule on",
        ["schedule.disable"] = "Switched a schedule off",
        ["schedule.delete"] = "Deleted a schedule",
        ["snapshot.take"] = "Asked for a snapshot",
        ["snapshot.taken"] = "A snapshot was taken",
        ["snapshot.take-failed"] = "Taking a snapshot failed",
        ["snapshot.take-cancelled"] = "Taking a snapshot was cancelled",
        ["snapshot.revert"] = "Asked to revert a machine",
        ["snapshot.reverted"] = "A machine was reverted",
        ["snapshot.revert-failed"] = "Reverting a machine failed",
        ["snapshot.revert-cancelled"] = "Reverting a machine was cancelled",
        ["snapshot.delete"] = "Asked to delete a snapshot",
        ["snapshot.deleted"] = "A snapshot is gone",
        ["account.sign-in"] = "Signed in",
        ["account.sign-out"] = "Signed out",
        ["account.password"] = "Changed a password",
        ["account.lock"] = "Locked an account",
        ["account.create"] = "Made an account",
        ["account.roles"] = "Changed platform roles",
        ["account.profile"] = "Changed a name or address",
        ["account.disable"] = "Disabled an account",
        ["account.enable"] = "Enabled an account",
        ["account.reset"] = "Reset a password",
        ["project.create"] = "Made a project",
        ["project.rename"] = "Renamed a project",
        ["project.archive"] = "Archived a project",
        ["project.reopen"] = "Brought a project back",
        ["project.raise-quota"] = "Raised a project’s limits",
        ["member.add"] = "Added a person to a project",
        ["member.role"] = "Changed a role in a project",
        ["member.remove"] = "Removed a person from a project",
        ["operation.cancel"] = "Cancelled an operation",
        ["host.add"] = "Added a host",
        ["host.remove"] = "Removed a host",
        ["host.network"] = "Set a host’s address for moves",
        ["host.network.remove"] = "Took back a host’s address for moves",
        ["host.maintenance"] = "Put a host into maintenance",
        ["host.emptied"] = "A host was emptied",
        ["host.in-service"] = "Took a host back into service",
        ["host.brought-back"] = "Machines were brought back to a host",
        ["schedule.moved"] = "Moved what a schedule said",
        ["evacuation.pause"] = "Paused the emptying of a host",
        ["evacuation.resume"] = "Had the emptying of a host go on",
        ["evacuation.cancel"] = "Cancelled the emptying of a host",
        ["token.create"] = "Made a token",
        ["token.revoke"] = "Revoked a token",
        ["notice.choose"] = "Chose how to be told",
        ["webhook.create"] = "Made a webhook",
        ["webhook.change"] = "Changed a webhook",
        ["webhook.rotate"] = "Gave a webhook a new secret",
        ["webhook.ping"] = "Sent a webhook a test",
        ["webhook.delete"] = "Removed a webhook",
        ["delivery.again"] = "Sent a delivery again",
        ["lease-terms.change"] = "Changed lease terms",
        ["move-policy.create"] = "Made a move policy",
        ["move-policy.change"] = "Changed a move policy",
        ["move-policy.retire"] = "Retired a move policy",
        ["move-policy.bring-back"] = "Brought a move policy back",
        ["audit.export"] = "Exported the audit trail",
    };

    /// <summary>The actions that can be filtered for.</summary>
    public static IReadOnlyList<(string Value, string Text)> Actions { get; } = [.. Known.Select(a => (a.Key, a.Value))];

    /// <summary>An action as a sentence's beginning; one that is not known here reads as its own words.</summary>
    public static string Of(string action)
    {
        if (Known.TryGetValue(action, out var words))
            return words;
        var plain = action.Replace('.', ' ').Replace('-', ' ');
        return plain.Length == 0 ? "" : char.ToUpperInvariant(plain[0]) + plain[1..];
    }

    /// <summary>The facts of an event's JSON in one line: <c>reason: no room; host: hv2</c>.</summary>
    public static string Detail(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? ""
            : string.Join("; ", document.RootElement.EnumerateObject().Where(p => p.Name is not (Before or After) && Tells(p.Value)).Select(p => $"{Name(p.Name)}: {InWords(p.Value)}"));
    }

    /* A document inside an event reads on, without its punctuation; what names its type says nothing that the action does not. */
    static string InWords(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Where(p => !p.Name.StartsWith('$') && Tells(p.Value)).Select(p => $"{Name(p.Name)} {InWords(p.Value)}")),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Where(Tells).Select(InWords)),
        _ => Value(value),
    };

    internal static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.TryGetDateTimeOffset(out var at) => Format.Exact(at),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number => Format.Number(value.GetDouble()),
        _ => value.ToString(),
    };

    /* Identifiers say nothing to a reader; the thing itself stands beside. */
    static bool Tells(JsonElement value) => value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.TryGetGuid(out _));

    internal static string Name(string property) => Hump().Replace(property, " $0").ToLowerInvariant().Trim();

    [GeneratedRegex("[A-Z]", RegexOptions.NonBacktracking)]
    private static partial Regex Hump();
}
