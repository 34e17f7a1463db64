namespace Portal.Hypervisor.Migrations;

/// <summary>What <see cref="SwitchoverController"/> goes by.</summary>
/// <param name="FirstMs">Pause allowed at first, ms.</param>
/// <param name="MostMs">Longest pause allowed, ms.</param>
/// <param name="Policy">What may be done to come to an end.</param>
/// <param name="CanPostCopy">Whether both hosts can go post-copy.</param>
/// <param name="Seconds">Longest the copy of memory may take, s.</param>
/// <param name="SwitchesFirst">Post-copy from the start rather than as the last resort.</param>
internal sealed record SwitchoverRules(int FirstMs, int MostMs, MigrationPolicy Policy, bool CanPostCopy, double Seconds, bool SwitchesFirst = false)
{
    /// <summary>Whether its users were promised that they notice no more than that: then slowing the guest may not break it either.</summary>
    public bool IsPromised { get; init; }

    /// <summary>The rules of a move. Who has a promise is promised the silence, so what a route adds to every pause is taken off it.</summary>
    public static SwitchoverRules Of(MigrationMode mode, MigrationOptions options, Findings findings)
    {
        var most = options.LastDowntimeMs;
        if (options.ObjectiveMs is { } objective)
        {
            var route = options.History ?? RouteHistory.Unknown;
            var room = (int)Math.Min(objective - route.PauseMs - route.ConvergenceMs, int.MaxValue);
            // An objective that the route alone breaks is missed by as little as possible, not paid for with a move that never ends.
            most = room >= 1 ? room : options.FirstDowntimeMs;
        }

        if (options.PolicyDowntimeMs is { } cap)
            most = options.ObjectiveMs is null ? cap : Math.Min(most, cap);
        return new SwitchoverRules(
            Math.Min(options.FirstDowntimeMs, most), most, options.Policy, findings.CanPostCopy, options.CopyDeadline.TotalSeconds, mode == MigrationMode.PostCopy) { IsPromised = options.ObjectiveMs is not null };
    }
}
