using CsCheck;
using Portal.Domain.Projects;

namespace Portal.Tests.Domain.Projects;

public sealed class QuotaRulesTests
{
    static readonly DateTimeOffset s_now = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    static readonly Gen<QuotaSheet> s_sheets = Gen.Select(
        Gen.Select(Gen.Long[0, 20], Gen.Long[0, 20], Gen.Long[0, 20], Gen.Long[0, 20].Nullable(), Gen.Bool, Gen.Select(Gen.Long[0, 12], Gen.Long[0, 12], Gen.Long[0, 12]).Select(o => (Most: o.Item1, Used: o.Item2, Reserved: o.Item3)).Nullable())
            .Array[QuotaBooks.Order.Count],
        Gen.Select(Gen.Int[1, 9].Nullable(), Gen.Int[1, 9].Nullable(), Gen.Int[1, 9].Nullable()),
        (lines, caps) => new QuotaSheet([.. lines.Select((line, n) => new QuotaLine(QuotaBooks.Order[n], line.Item1, line.Item2, line.Item3)
        {
            Soft = line.Item4 is { } soft ? Math.Min(soft, line.Item1) : null,
            GraceOver = line.Item4 is not null && line.Item5,
            Own = line.Item6 is { } own ? new QuotaLine(QuotaBooks.Order[n], own.Most, own.Used, own.Reserved) : null,
        })], new MachineCaps(caps.Item1, caps.Item2, caps.Item3)));

    static readonly Gen<QuotaAmounts> s_asked = Gen.Select(Gen.Long[-1, 1], Gen.Long[-5, 10], Gen.Long[-5, 10], Gen.Long[-5, 10], Gen.Long[-1, 2], (m, v, mem, d, a) => new QuotaAmounts(m, v, mem, d, a));

    [Fact]
    public void A_yes_never_passes_a_limit_and_a_no_always_names_one_that_would_be_passed_by_that_much() =>
        Gen.Select(s_sheets, s_asked).Sample((sheet, asked) =>
        {
            var broken = QuotaRules.Judge(sheet, asked);
            foreach (var line in sheet.Lines.Where(line => asked.Of(line.Resource) > 0))
            {
                var (after, amount) = (line.Held + asked.Of(line.Resource), asked.Of(line.Resource));
                var limit = line.GraceOver ? line.Soft!.Value : line.Limit;
                broken.Any(b => b.Line.Resource == line.Resource && b.Rule is QuotaRule.Project or QuotaRule.Soft && b.Line.Resource == line.Resource).ShouldBe(after > limit);
                broken.Any(b => b.Line.Resource == line.Resource && b.Rule == QuotaRule.Member).ShouldBe(line.Own is { } own && own.Held + amount > own.Limit);
                broken.Any(b => b.Line.Resource == line.Resource && b.Rule == QuotaRule.MachineCap).ShouldBe(asked.Machines == 1 && amount > sheet.Caps.Of(line.Resource));
            }
            broken.ShouldAllBe(b => b.Over > 0 && asked.Of(b.Line.Resource) > 0);
        });

    [Fact]
    public void What_takes_nothing_net_is_never_refused_however_full_the_quota_is() =>
        Gen.Select(s_sheets, s_asked).Sample((sheet, asked) =>
            QuotaRules.Judge(sheet, new QuotaAmounts(Math.Min(0, asked.Machines), Math.Min(0, asked.Vcpus), Math.Min(0, asked.MemoryMib), Math.Min(0, asked.DiskGib), Math.Min(0, asked.Addresses))).ShouldBeEmpty());

    [Fact]
    public void As_many_machines_fit_as_are_said_to_and_not_one_more() =>
        Gen.Select(s_sheets, Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 5], (v, m, d) => new MachineSize(v, m, d))).Sample((sheet, size) =>
        {
            var (one, fits) = (QuotaAmounts.OfMachine(size), QuotaRules.Fitting(sheet, size));
            var taken = 0;
            while (QuotaRules.Judge(sheet, one).Count == 0)
            {
                taken++;
                sheet = sheet with
                {
                    Lines = [.. sheet.Lines.Select(l => l with { Reserved = l.Reserved + one.Of(l.Resource), Own = l.Own is { } own ? own with { Reserved = own.Reserved + one.Of(l.Resource) } : null })],
                };
            }
            taken.ShouldBe((int)fits);
        });

    [Theory]
    [InlineData(0, 4, 6, true)]
    [InlineData(14, 4, 6, false)]
    public void Without_days_of_grace_the_soft_limit_is_the_limit_at_once(int days, long soft, long held, bool over)
    {
        QuotaRules.GraceOver(soft, held > soft ? s_now : null, days, s_now).ShouldBe(over);
        QuotaRules.GraceOver(null, s_now.AddDays(-99), days, s_now).ShouldBeFalse();
    }

    [Fact]
    public void Grace_runs_from_when_the_soft_limit_was_passed_and_starts_anew_once_it_was_not()
    {
        var passed = QuotaRules.SoftSince(5, 4, null, s_now);
        passed.ShouldBe(s_now);
        QuotaRules.SoftSince(6, 4, passed, s_now.AddDays(3)).ShouldBe(s_now);
        QuotaRules.GraceOver(4, passed, 14, s_now.AddDays(14).AddTicks(-1)).ShouldBeFalse();
        QuotaRules.GraceOver(4, passed, 14, s_now.AddDays(14)).ShouldBeTrue();
        QuotaRules.SoftSince(4, 4, passed, s_now).ShouldBeNull();
    }

    [Fact]
    public void A_machine_above_a_cap_that_came_later_may_stay_and_shrink_but_not_grow()
    {
        var caps = new MachineCaps(2, 1024, null);

        QuotaRules.JudgeSize(caps, new(4, 512, 9), new(4, 1024, 99)).ShouldBeEmpty();
        QuotaRules.JudgeSize(caps, new(4, 512, 9), new(3, 512, 9)).ShouldBeEmpty();
        QuotaRules.JudgeSize(caps, new(4, 512, 9), new(5, 1025, 9)).Select(b => (b.Line.Resource, b.Over)).ShouldBe([(QuotaResource.Vcpus, 3), (QuotaResource.MemoryMib, 1)]);
    }
}
