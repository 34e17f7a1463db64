using System.Globalization;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Web.MovePolicies;

namespace Portal.Web.Schedules;

/// <summary>What a person chooses a schedule to do.</summary>
enum ScheduleChoice
{
    /// <summary>On at one time and off at another.</summary>
    OnAndOff,

    /// <summary>On only.</summary>
    On,

    /// <summary>Off only.</summary>
    Off,

    /// <summary>To another host.</summary>
    Move,
}

/// <summary>How often a schedule runs.</summary>
enum ScheduleOften
{
    /// <summary>On days of the week.</summary>
    Days,

    /// <summary>As a cron expression says.</summary>
    Cron,

    /// <summary>Once.</summary>
    Once,
}

/// <summary>What is typed into the form of a schedule.</summary>
sealed class ScheduleForm
{
    const string OnceFormat = "yyyy-MM-dd'T'HH:mm";

    public ScheduleChoice Choice { get; set; } = ScheduleChoice.OnAndOff;

    public SortedSet<DayOfWeek> Days { get; } = [.. ScheduleTiming.Weekdays];

    public string OnAt { get; set; } = "07:30";

    public string OffAt { get; set; } = "19:00";

    public string Zone { get; set; } = "UTC";

    public ScheduleOften Often { get; set; }

    public string OnceAt { get; set; } = "";

    public string WindowMinutes { get; set; } = "";

    public WhenLate Late { get; set; }

    public string Cron { get; set; } = "30 7 * * mon-fri";

    public string HostId { get; set; } = "";

    public MigrationMode Mode { get; set; } = MigrationMode.Live;

    /// <summary>The policy's key among the choices.</summary>
    public string Policy { get; set; } = PolicyChoice.Usual;

    public string ObjectiveMs { get; set; } = "100";

    public bool Enabled { get; set; } = true;

    /// <summary>Takes over what a schedule says.</summary>
    public static ScheduleForm Of(ScheduleRow row)
    {
        var form = new ScheduleForm
        {
            Choice = row.Kind switch { ScheduleKind.PowerOn => ScheduleChoice.On, ScheduleKind.PowerOff => ScheduleChoice.Off, ScheduleKind.Relocate => ScheduleChoice.Move },
            Zone = row.Timing.Zone, Often = row.Timing switch { { Cron: not null } => ScheduleOften.Cron, { Once: not null } => ScheduleOften.Once, _ => ScheduleOften.Days },
            OnceAt = row.Timing.Once?.ToString(OnceFormat, CultureInfo.InvariantCulture) ?? "", WindowMinutes = row.Window.Minutes?.ToString(CultureInfo.InvariantCulture) ?? "", Late = row.Window.Late, Cron = row.Timing.Cron ?? "30 7 * * mon-fri", Enabled = row.Enabled,
            HostId = row.Move?.AskedHostId?.ToString() ?? "", Mode = row.Move?.Mode ?? MigrationMode.Live, Policy = PolicyChoice.KeyOf(row.Move), ObjectiveMs = row.Move is { } move ? move.ObjectiveMs?.ToString(CultureInfo.InvariantCulture) ?? "" : "100",
        };
        if (row.Timing.At is { } at)
        {
            form.OnAt = form.OffAt = at.ToString("HH:mm", CultureInfo.InvariantCulture);
            form.Days.Clear();
            form.Days.UnionWith(row.Timing.Days);
        }

        return form;
    }

    /// <summary>What the service is asked for.</summary>
    public IReadOnlyList<SchedulePart> ToParts() => Choice switch
    {
        ScheduleChoice.OnAndOff => [new(ScheduleKind.PowerOn, OnDays(OnAt), Window: Window), new(ScheduleKind.PowerOff, OnDays(OffAt), Window: Window)],
        ScheduleChoice.On => [new(ScheduleKind.PowerOn, At(OnAt), Window: Window)],
        ScheduleChoice.Off => [new(ScheduleKind.PowerOff, At(OffAt), Window: Window)],
        ScheduleChoice.Move => [new(ScheduleKind.Relocate, At(OnAt), Move(), Window)],
    };

    MigrationParameters Move()
    {
        var (policy, made) = Mode == MigrationMode.Live ? PolicyChoice.Read(Policy) : (null, null);
        return new MigrationParameters(Guid.TryParse(HostId, out var host) ? host : null, Mode, Objective(), policy, made);
    }

    // What is no number is refused by the service with its words.
    ScheduleWindow Window => new(WindowMinutes.Trim() is not { Length: > 0 } text ? null : int.TryParse(text, CultureInfo.InvariantCulture, out var minutes) ? minutes : 0, Late);

    ScheduleTiming At(string time) => Often switch
    {
        ScheduleOften.Cron => new(Zone.Trim(), [], null, Cron.Trim()),
        ScheduleOften.Once => new(Zone.Trim(), [], null, Once: DateTime.TryParse(OnceAt, CultureInfo.InvariantCulture, DateTimeStyles.None, out var once) ? once : DateTime.MinValue),
        ScheduleOften.Days => OnDays(time),
    };

    ScheduleTiming OnDays(string time) =>
        new(Zone.Trim(), [.. Days], TimeOnly.TryParseExact(time, ["HH:mm", "HH:mm:ss", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null);

    // What is no number is refused by the service with its words.
    double? Objective() => ObjectiveMs.Trim() is not { Length: > 0 } text ? null : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) ? ms : double.NaN;
}
