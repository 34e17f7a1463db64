using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Leases;

/// <summary>People are warned at the days the terms name, each once.</summary>
public sealed class LeaseWarningTests(PostgresCluster cluster) : LeaseTest(cluster)
{
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task People_are_warned_seven_three_and_one_day_ahead_once_each()
    {
        var world = await Postgres.NewWorldAsync();
        await LeasedAsync(world, 30 * Day);
        var warned = new List<int>();
        for (var day = 1; day < 30; day++)
        {
            if ((await AfterAsync(Day)).Warned > 0)
                warned.Add(30 - day);
            (await SweepAsync()).IsNothing.ShouldBeTrue();
        }

        warned.ShouldBe([7, 3, 1]);
    }

    [Fact]
    public async Task A_lease_that_was_never_so_long_is_not_warned_of_so_far_ahead()
    {
        var world = await Postgres.NewWorldAsync();
        await LeasedAsync(world, 5 * Day);

        (await SweepAsync()).IsNothing.ShouldBeTrue();
        (await AfterAsync(2 * Day)).Warned.ShouldBe(1);
    }

    [Fact]
    public async Task Warnings_slept_through_are_given_as_one()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, 30 * Day);

        (await AfterAsync(29.5 * Day)).Warned.ShouldBe(1);
        (await SweepAsync()).IsNothing.ShouldBeTrue();
        (await MachineAsync(machine.Id)).LeaseDueAt.ShouldBe(machine.LeaseEndsAt);
    }

    [Fact]
    public async Task Other_terms_warn_at_once_where_a_warning_is_due_by_them()
    {
        var world = await Postgres.NewWorldAsync();
        await LeasedAsync(world, 20 * Day);
        (await AfterAsync(5 * Day)).IsNothing.ShouldBeTrue();

        (await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { WarnDays = [1, 16] }, 0, Ct)).Value.Terms.WarnDays.ShouldBe([16, 1]);

        (await SweepAsync()).Warned.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_deleted_before_its_end_is_left_alone()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, 30 * Day);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Deleted, null, Now));

        (await AfterAsync(40 * Day)).IsNothing.ShouldBeTrue();
    }
}
