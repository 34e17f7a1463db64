using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Affinity;
using Portal.Domain.Approvals;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Schedules;
using Portal.Domain.Snapshots;
using Portal.Domain.Webhooks;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Scoping;

/// <summary>
/// How a world gets a row of every type that is scoped. A type that is missing here fails <see cref="ScopedRowsTests"/>: whoever adds one says
/// how a row of it comes to be, by a line in <see cref="All"/>.
/// </summary>
static class ScopedRows
{
    static DeliveryPayload Payload { get; } = new(DeliveryPayload.Ping, DateTimeOffset.UnixEpoch, "A test", null, "/webhooks", Guid.AllBitsSet, null);

    static ScheduleTiming Evenings { get; } = new("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(19, 0));

    /// <summary>What makes rows of each type; one that comes with another's or with every world has nothing to do.</summary>
    public static IReadOnlyDictionary<Type, Func<PostgresFixture, World, CancellationToken, Task>> All { get; } = new Dictionary<Type, Func<PostgresFixture, World, CancellationToken, Task>>
    {
        [typeof(Project)] = WithTheWorld,
        [typeof(Quota)] = WithTheWorld,
        [typeof(Machine)] = (_, world, _) => world.AddMachineAsync(),
        [typeof(AffinityRule)] = async (postgres, world, ct) =>
        {
            Guid[] machines = [(await world.AddMachineAsync()).Id, (await world.AddMachineAsync()).Id];
            (await postgres.Get<AffinityService>().CreateAsync(world.Owner, new AffinityDraft("apart", AffinityKind.Apart, AffinityStrength.Should, world.Project.Id, machines), ct)).IsOk.ShouldBeTrue();
        },
        // They come with the rule above.
        [typeof(AffinityMember)] = WithTheWorld,
        [typeof(Request)] = async (postgres, world, ct) => (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), Guid.NewGuid().ToString(), ct)).IsOk.ShouldBeTrue(),
        [typeof(Migration)] = async (postgres, world, ct) =>
        {
            var moved = await world.AddMachineAsync();
            await Ordered(postgres, async db => db.AddRange(await MoveAsync(db, world, moved, ct)), ct);
        },
        [typeof(MigrationChunk)] = (postgres, world, ct) => Ordered(postgres, async db =>
            db.Add(MigrationChunk.Create(await db.Migrations.Where(m => m.ProjectId == world.Project.Id).Select(m => m.Id).FirstAsync(ct), 0, [1])), ct),
        // The move above is carried out by one.
        [typeof(Operation)] = WithTheWorld,
        [typeof(OperationStep)] = (postgres, world, ct) => Ordered(postgres, async db =>
        {
            var operation = await db.Operations.Where(o => o.ProjectId == world.Project.Id).Select(o => o.Id).FirstAsync(ct);
            await db.Database.ExecuteSqlAsync($"insert into operation_steps (operation_id, ordinal, name, state, started_at) values ({operation}, 0, 'Look', 'Done', now())", ct);
        }, ct),
        [typeof(RequestDecision)] = (postgres, world, ct) => OfRequest(postgres, world, (db, request) => db.Add(RequestDecision.Of(request, world.Owner.UserId, null, isOverride: false, DecisionVerdict.Approve, null, postgres.Time.GetUtcNow())), ct),
        // The request above waits for whoever these are.
        [typeof(ApprovalSeat)] = WithTheWorld,
        [typeof(RequestComment)] = (postgres, world, ct) => OfRequest(postgres, world, (db, request) => db.Add(RequestComment.Write(request, world.Member.UserId, "Soon?", "1", postgres.Time.GetUtcNow())), ct),
        // What a person holds of a quota stands beside the machines above.
        [typeof(MemberQuota)] = WithTheWorld,
        [typeof(QuotaSettings)] = (postgres, world, ct) => Ordered(postgres, async db => db.AddRange((await db.QuotaSettings.AnyAsync(q => q.ProjectId == world.Project.Id, ct)) ? [] : [QuotaSettings.Of(world.Project.Id)]), ct),
        [typeof(ProjectLease)] = (postgres, world, ct) => Ordered(postgres, db => Added(db, ProjectLease.Create(world.Project.Id, LeaseTerms.BuiltIn)), ct),
        [typeof(Snapshot)] = (postgres, world, ct) => Ordered(postgres, async db => db.Add(Snapshot.Order(Guid.CreateVersion7(), await MachineAsync(db, world, ct), "before", null, world.Member, postgres.Time.GetUtcNow())), ct),
        [typeof(Schedule)] = (postgres, world, ct) => Ordered(postgres, async db => db.Add(Schedule.Create(new ScheduleTarget((await MachineAsync(db, world, ct)).Id), world.Project.Id, new SchedulePart(ScheduleKind.PowerOff, Evenings), world.Member, postgres.Time.GetUtcNow())), ct),
        [typeof(ScheduleRun)] = (postgres, world, ct) => Ordered(postgres, async db => db.Add(ScheduleRun.Due(await db.Schedules.FirstAsync(s => s.ProjectId == world.Project.Id, ct), postgres.Time.GetUtcNow())), ct),
        [typeof(Webhook)] = (postgres, world, ct) => Ordered(postgres, db =>
        {
            var hook = Webhook.Create(world.Project.Id, world.Owner, "protected", postgres.Time.GetUtcNow());
            hook.Describe("chat", "https://chat.example.org/", [NoticeKind.LeaseEnding], isEnabled: true, world.Owner, postgres.Time.GetUtcNow());
            return Added(db, hook);
        }, ct),
        [typeof(Delivery)] = (postgres, world, ct) => Ordered(postgres, async db => db.Add(Delivery.ToWebhook(await db.Webhooks.Where(h => h.ProjectId == world.Project.Id).Select(h => h.Id).FirstAsync(ct), Payload, postgres.Time.GetUtcNow())), ct),
    };

    /// <summary>Rows of every type in a world.</summary>
    public static async Task AddAsync(PostgresFixture postgres, World world, CancellationToken ct)
    {
        foreach (var add in All.Values)
            await add(postgres, world, ct);
    }

    static Task OfRequest(PostgresFixture postgres, World world, Action<PortalDbContext, Request> write, CancellationToken ct) =>
        Ordered(postgres, async db => write(db, await db.Requests.FirstAsync(r => r.ProjectId == world.Project.Id, ct)), ct);

    static Task<Machine> MachineAsync(PortalDbContext db, World world, CancellationToken ct) => db.Machines.FirstAsync(m => m.ProjectId == world.Project.Id, ct);

    static Task Added(PortalDbContext db, object row)
    {
        db.Add(row);
        return Task.CompletedTask;
    }

    static Task WithTheWorld(PostgresFixture postgres, World world, CancellationToken ct) => Task.CompletedTask;

    static async Task Ordered(PostgresFixture postgres, Func<PortalDbContext, Task> write, CancellationToken ct)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await write(db);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    static async Task<IEnumerable<object>> MoveAsync(PortalDbContext db, World world, Machine machine, CancellationToken ct)
    {
        var hosts = await db.Hosts.AsNoTracking().Where(h => world.Hosts.Select(x => x.Id).Contains(h.Id)).ToListAsync(ct);
        var operation = Operation.Queue(OperationKind.Migrate, machine, "Move it", world.Admin, Guid.NewGuid().ToString(), "{}", DateTimeOffset.UtcNow);
        return [operation, Migration.Plan(operation, machine, hosts[0], hosts[1], new MigrationParameters(null, MigrationMode.Live, null), null, null, world.Admin, DateTimeOffset.UtcNow)];
    }
}
