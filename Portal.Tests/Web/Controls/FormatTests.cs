using Portal.Web.Controls;

namespace Portal.Tests.Web.Controls;

public class FormatTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 22, 17, 14, 3, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1,023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(25_270_682, "24.1 MiB")]
    [InlineData(128L << 20, "128 MiB")]
    [InlineData(16L << 30, "16 GiB")]
    [InlineData(3L << 50, "3 PiB")]
    [InlineData(-5, "0 B")]
    public void Bytes_read_in_the_largest_unit_that_keeps_the_number_at_one_or_more(double bytes, string text) =>
        Plain(Format.Bytes(bytes)).ShouldBe(text);

    [Fact]
    public void A_thin_space_stands_between_a_number_and_its_unit() => Format.Ms(52).ShouldBe("52\u2009ms");

    [Theory]
    [InlineData(0.42, "0.42 ms")]
    [InlineData(7.25, "7.3 ms")]
    [InlineData(52, "52 ms")]
    [InlineData(1870, "1,870 ms")]
    [InlineData(12_500, "12.5 s")]
    public void Milliseconds_become_seconds_from_ten_seconds_on(double ms, string text) => Plain(Format.Ms(ms)).ShouldBe(text);

    [Fact]
    public void A_range_names_its_unit_once() => Plain(Format.MsRange(38, 62)).ShouldBe("38–62 ms");

    [Theory]
    [InlineData(1, 2, 10, "1 + 2 of 10, 7 left")]
    [InlineData(3, 0, 10, "3 of 10, 7 left")]
    [InlineData(9, 2, 10, "9 + 2 of 10, 1 over")]
    [InlineData(3, -1, 10, "2 of 10, 8 left")]
    public void A_limit_tells_what_is_used_apart_from_what_is_held(long used, long held, long limit, string text) =>
        Format.Share(used, limit, limit - used - held, held).ShouldBe(text);

    [Fact]
    public void A_limit_of_bytes_names_its_unit_once_and_its_parts_add_up() =>
        Plain(Format.Share(96.0 * (1L << 20), 4L << 30, 2720L << 20, 1280.0 * (1L << 20))).ShouldBe("0.09 + 1.25 of 4 GiB, 2.66 left");

    [Theory]
    [InlineData(2, "just now")]
    [InlineData(12, "12 s ago")]
    [InlineData(720, "12 min ago")]
    [InlineData(3 * 3600 + 720, "3 h ago")]
    [InlineData(86400, "1 day ago")]
    [InlineData(4 * 86400, "4 days ago")]
    [InlineData(-720, "in 12 min")]
    public void A_moment_reads_as_its_distance_from_now(int secondsGone, string text) =>
        Plain(Format.Ago(Now.AddSeconds(-secondsGone), Now)).ShouldBe(text);

    [Fact]
    public void A_moment_more_than_a_month_away_reads_as_its_date() => Format.Ago(Now.AddDays(-40), Now).ShouldBe("13 Oct 2026");

    [Fact]
    public void The_exact_moment_names_its_time_zone() =>
        Format.Exact(new(2026, 11, 22, 19, 14, 3, TimeSpan.FromHours(2))).ShouldBe("22 Nov 2026, 17:14:03 UTC");

    [Theory]
    [InlineData(0.04, "0 s")]
    [InlineData(1.06, "1.1 s")]
    [InlineData(41 * 60, "41 min")]
    [InlineData(3 * 3600 + 12 * 60, "3 h 12 min")]
    [InlineData(5 * 3600, "5 h")]
    [InlineData(2 * 86400, "2 days")]
    [InlineData(-3, "0 s")]
    public void A_length_of_time_reads_in_at_most_two_units(double seconds, string text) =>
        Plain(Format.Duration(TimeSpan.FromSeconds(seconds))).ShouldBe(text);

    [Theory]
    [InlineData(0, "0 machines")]
    [InlineData(1, "1 machine")]
    [InlineData(1024, "1,024 machines")]
    public void A_count_agrees_with_its_noun(long count, string text) => Format.Count(count, "machine").ShouldBe(text);

    static string Plain(string text) => text.Replace(Format.Thin, ' ');
}
