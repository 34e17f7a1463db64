using Portal.Domain.Schedules;

namespace Portal.Tests.Domain.Schedules;

/// <summary>When a schedule runs, over both changes of the clocks in two places.</summary>
public sealed class ScheduleTimingTests
{
    static readonly IReadOnlyList<DayOfWeek> EveryDay = Enum.GetValues<DayOfWeek>();

    static ScheduleTiming Daily(string zone, int hour, int minute) => new(zone, EveryDay, new TimeOnly(hour, minute));

    static DateTimeOffset Utc(int year, int month, int day, int hour = 0, int minute = 0) => new(year, month, day, hour, minute, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Europe/Berlin", 3, 29, 1)]
    [InlineData("America/New_York", 3, 8, 7)]
    public void A_time_the_day_does_not_have_runs_at_the_next_minute_there_is(string zone, int month, int day, int hourUtc)
    {
        // 02:30 does not exist on that day in either place: clocks go from 02:00 to 03:00.
        var times = Daily(zone, 2, 30).Upcoming(Utc(2026, month, day), 2);

        times[0].ShouldBe(Utc(2026, month, day, hourUtc));
        Daily(zone, 2, 30).There(times[0]).TimeOfDay.ShouldBe(new TimeSpan(3, 0, 0));
        Daily(zone, 2, 30).There(times[1]).TimeOfDay.ShouldBe(new TimeSpan(2, 30, 0));
        (times[1] - times[0]).ShouldBe(TimeSpan.FromHours(23.5));
    }

    [Theory]
    [InlineData("Europe/Berlin", 10, 25, 2, 30, 0, 30)]
    [InlineData("America/New_York", 11, 1, 1, 30, 5, 30)]
    public void A_time_the_day_has_twice_runs_the_first_time_only(string zone, int month, int day, int hour, int minute, int hourUtc, int minuteUtc)
    {
        var times = Daily(zone, hour, minute).Upcoming(Utc(2026, month, day), 2);

        times[0].ShouldBe(Utc(2026, month, day, hourUtc, minuteUtc));
        (times[1] - times[0]).ShouldBe(TimeSpan.FromHours(25));
    }

    [Theory]
    [InlineData("Europe/Berlin", 2026, 3, 23)]
    [InlineData("Europe/Berlin", 2026, 10, 19)]
    [InlineData("America/New_York", 2026, 3, 2)]
    [InlineData("America/New_York", 2026, 10, 26)]
    public void Half_past_seven_stays_half_past_seven_over_every_change(string zone, int year, int month, int day)
    {
        var timing = new ScheduleTiming(zone, ScheduleTiming.Weekdays, new TimeOnly(7, 30));

        var times = timing.Upcoming(Utc(year, month, day), 10).Select(timing.There).ToList();

        times.ShouldAllBe(t => t.TimeOfDay == new TimeSpan(7, 30, 0) && t.DayOfWeek != DayOfWeek.Saturday && t.DayOfWeek != DayOfWeek.Sunday);
        times.Select(t => t.Date).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public void The_next_time_is_always_later_whatever_the_moment()
    {
        foreach (var zone in (string[])["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
        {
            var timing = new ScheduleTiming(zone, [], null, "15,45 * * * *");
            var at = Utc(2026, 1, 1);
            for (var i = 0; i < 18_000; i++)
            {
                var next = timing.Next(at).ShouldNotBeNull();
                next.ShouldBeGreaterThan(at);
                (next - at).ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(1.5));
                at = next;
            }
        }
    }

    [Theory]
    [InlineData("30 7 * * mon-fri", "2026-06-05T05:30:00Z,2026-06-08T05:30:00Z")]
    [InlineData("0 9 1 * *", "2026-07-01T07:00:00Z,2026-08-01T07:00:00Z")]
    [InlineData("*/20 6-7 * * 0", "2026-06-07T04:00:00Z,2026-06-07T04:20:00Z")]
    [InlineData("0 12 13 * fri", "2026-06-05T10:00:00Z,2026-06-12T10:00:00Z")]
    [InlineData("0 0 29 2 *", "2028-02-28T23:00:00Z,2032-02-28T23:00:00Z")]
    public void A_cron_expression_names_its_times(string cron, string times) =>
        string.Join(',', new ScheduleTiming("Europe/Berlin", [], null, cron).Upcoming(Utc(2026, 6, 5), 2).Select(t => t.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(times);

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("60 7 * * *")]
    [InlineData("5-1 7 * * *")]
    [InlineData("0 24 * * *")]
    [InlineData("0 7 0 * *")]
    [InlineData("0 7 * 13 *")]
    [InlineData("0 7 * * mön")]
    [InlineData("0 7 * * *; drop table schedules")]
    [InlineData("-1 7 * * *")]
    [InlineData("0\n7 * * *")]
    [InlineData("٣ 7 * * *")]
    [InlineData("*/0 7 * * *")]
    [InlineData("* * * * *")]
    [InlineData("*/5 7 * * *")]
    [InlineData("0 7 31 2 *")]
    [InlineData("0,,5 7 * * *")]
    public void What_is_no_cron_expression_or_runs_too_often_or_never_is_refused(string cron) =>
        new ScheduleTiming("Europe/Berlin", [], null, cron).Check().ShouldNotBeNull().Field.ShouldBe("cron");

    [Fact]
    public void A_megabyte_of_cron_is_refused_at_once() => new ScheduleTiming("UTC", [], null, new string('*', 1 << 20)).Check().ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("Berlin")]
    [InlineData("../../etc/passwd")]
    [InlineData("Europe/Berlin\n")]
    public void What_is_no_time_zone_is_refused(string zone) => Daily(zone, 7, 30).Check().ShouldNotBeNull().Field.ShouldBe("zone");

    [Fact]
    public void Days_and_a_time_are_needed()
    {
        new ScheduleTiming("UTC", [], new TimeOnly(7, 0)).Check().ShouldNotBeNull().Field.ShouldBe("days");
        new ScheduleTiming("UTC", EveryDay, null).Check().ShouldNotBeNull().Field.ShouldBe("at");
        Daily("UTC", 7, 0).Check().ShouldBeNull();
    }

    [Fact]
    public void It_says_in_words_when_it_runs()
    {
        new ScheduleTiming("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(7, 30)).ToString().ShouldBe("Mon–Fri at 07:30, Europe/Berlin");
        Daily("UTC", 19, 0).ToString().ShouldBe("every day at 19:00, UTC");
    }
}
