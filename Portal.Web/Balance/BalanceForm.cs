using System.Globalization;
using Portal.Domain.Balance;
using Portal.Domain.Schedules;

namespace Portal.Web.Balance;

/// <summary>What is typed into the form of automatic balance.</summary>
sealed class BalanceForm
{
    /// <summary>Whoever opens it while it is off is about to switch it on.</summary>
    public bool Enabled { get; set; } = true;

    public bool ByCron { get; set; }

    public string Cron { get; set; } = "0 2 * * *";

    public SortedSet<DayOfWeek> Days { get; } = [];

    public string At { get; set; } = "02:00";

    public string Zone { get; set; } = "UTC";

    public string Minutes { get; set; } = "";

    public string Most { get; set; } = "";

    /// <summary>Takes over how it stands.</summary>
    public static BalanceForm Of(BalanceSettingsView settings)
    {
        var (opens, minutes, most) = settings.Terms;
        var form = new BalanceForm
        {
            ByCron = opens.Cron is not null, Cron = opens.Cron ?? "0 2 * * *", Zone = opens.Zone, At = opens.At?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "02:00",
            Minutes = minutes.ToString(CultureInfo.InvariantCulture), Most = most.ToString(CultureInfo.InvariantCulture),
        };
        form.Days.UnionWith(opens.Cron is null ? opens.Days : ScheduleTiming.Weekdays);
        return form;
    }

    /// <summary>What the service is asked for; what is no number or time is refused by it with its words.</summary>
    public BalanceTerms ToTerms() => new(
        ByCron ? new ScheduleTiming(Zone.Trim(), [], null, Cron.Trim())
            : new ScheduleTiming(Zone.Trim(), [.. Days], TimeOnly.TryParseExact(At, ["HH:mm", "HH:mm:ss", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null),
        Number(Minutes), Number(Most));

    static int Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
