using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Schedules;
using Portal.Domain.Snapshots;
using Portal.Domain.Webhooks;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain;

/// <summary>Every text that people give a form or the API, fed with what breaks forms: each is refused in words at its field, or taken as it is, and none is a fault.</summary>
public sealed class BadInputTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>What no field takes, named for the message of a test that fails.</summary>
    static readonly (string What, string Text)[] Broken =
    [
        ("a megabyte", new string('x', 1 << 20)), ("NUL", "a\0b"), ("a bell", "a\u0007b"), ("an escape sequence", "a\u001b[31mb"), ("half a pair", "a\ud800b"), ("the other half", "a\udc00b"), ("turned around", "a\u202eb"),
    ];

    /// <summary>What a field of one line does not take besides.</summary>
    static readonly (string What, string Text)[] NoLine =
    [
        ("nothing", ""), ("blanks", " \t "), ("two lines", "a\nb"), ("a carriage return", "a\rb"), ("zero width", "a\u200bb"), ("a line separator", "a\u2028b"), ("an isolate", "a\u2066b"),
    ];

    /// <summary>What prose takes and shows as text.</summary>
    static readonly (string What, string Text)[] Prose =
    [
        ("two lines", "one\ntwo"), ("a leading dash", "-rf /"), ("markup", "<script>alert(1)</script> & <b>bold</b>"), ("joined emoji", "\U0001F469\u200D\U0001F4BB"), ("a combining accent", "e\u0301"), ("a formula", "=cmd|' /C calc'!A0"),
        ("a template", "{{7*7}} ${x} %s '; drop table requests; --"),
    ];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("account-name")]
    [InlineData("account-user-name")]
    [InlineData("account-email")]
    [InlineData("project-name")]
    [InlineData("project-rename")]
    [InlineData("machine-name")]
    [InlineData("ssh-key")]
    [InlineData("snapshot-name")]
    [InlineData("webhook-name")]
    [InlineData("webhook-url")]
    [InlineData("token-name")]
    [InlineData("rule-name")]
    [InlineData("host-name")]
    [InlineData("host-uri")]
    [InlineData("host-pool")]
    [InlineData("schedule-cron")]
    [InlineData("schedule-zone")]
    [InlineData("call-key")]
    [InlineData("confirm-name")]
    public async Task A_line_that_does_not_show_as_one_is_refused_at_its_field(string form)
    {
        var give = await FormAsync(form);
        foreach (var (what, text) in Broken.Concat(NoLine))
            (await give(text)).ShouldNotBeNull($"{form}: {what}").ShouldSatisfyAllConditions(r => r.Field.ShouldNotBeNullOrEmpty($"{form}: {what}"), r => r.Message.Length.ShouldBeLessThan(400, $"{form}: {what}"), r => r.Advice.ShouldNotBeNullOrEmpty());
    }

    [Theory]
    [InlineData("account-user-name")]
    [InlineData("account-name")]
    [InlineData("account-email")]
    [InlineData("project-name")]
    [InlineData("machine-name")]
    [InlineData("ssh-key")]
    [InlineData("webhook-url")]
    [InlineData("host-name")]
    [InlineData("host-uri")]
    [InlineData("host-pool")]
    public async Task Where_a_leading_dash_or_markup_could_be_taken_for_more_it_is_refused(string form)
    {
        var give = await FormAsync(form);
        foreach (var text in new[] { "-rf", "--help", "<b>bold</b>", "'; drop table users; --" })
            (await give(text)).ShouldNotBeNull($"{form}: {text}").Field.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("create-why")]
    [InlineData("resize-why")]
    [InlineData("quota-why")]
    [InlineData("comment")]
    [InlineData("approve-reason")]
    [InlineData("deny-reason")]
    [InlineData("delegation-reason")]
    [InlineData("snapshot-note")]
    [InlineData("rule-description")]
    [InlineData("rule-reason")]
    public async Task Prose_is_taken_as_it_is_and_refused_at_its_field_where_it_would_break_something(string form)
    {
        foreach (var (what, text) in Broken)
            (await (await FormAsync(form))(text)).ShouldNotBeNull($"{form}: {what}").ShouldSatisfyAllConditions(r => r.Field.ShouldNotBeNullOrEmpty($"{form}: {what}"), r => r.Message.Length.ShouldBeLessThan(400));
        foreach (var (what, text) in Prose)
            (await (await FormAsync(form))(text)).ShouldBeNull($"{form}: {what}");
    }

    [Theory]
    [InlineData("comment")]
    [InlineData("deny-reason")]
    public async Task Prose_that_has_to_say_something_is_refused_when_it_is_blank(string form)
    {
        foreach (var text in new[] { "", "   ", "\n\t " })
            (await (await FormAsync(form))(text)).ShouldNotBeNull().Field.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Whatever_is_searched_for_every_list_answers()
    {
        var world = await postgres.NewWorldAsync();
        foreach (var (what, text) in Broken.Concat(NoLine).Concat(Prose).Append(("wildcards", "%_\\%")))
        {
            var query = new ListQuery(text);
            await Should.NotThrowAsync(async () =>
            {
                await postgres.Get<RequestService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<MachineService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<AccountService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<ProjectService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<OperationService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<MigrationService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<ScheduleService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<NoticeService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<DeliveryService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<WebhookService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<AuditService>().ListAsync(world.Admin, query, Ct);
                await postgres.Get<ApprovalService>().QueueAsync(world.Admin, query, Ct);
                await postgres.Get<MemberService>().CandidatesAsync(world.Owner, world.Project.Id, text, Ct);
                await postgres.Get<People>().SearchAsync(world.Admin, text, 8, Ct);
            }, what);
        }
    }

    /// <summary>A form filled in well but for one field: give it a text, and it says why it will not do.</summary>
    async Task<Func<string, Task<Refusal?>>> FormAsync(string form)
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 100));
        var cast = new Portal.Tests.Domain.Approvals.Cast(postgres, world);
        var (tag, requests, approvals) = (Guid.NewGuid().ToString("n")[..8], postgres.Get<RequestService>(), postgres.Get<ApprovalService>());
        var account = new AccountDraft($"mia-{tag}", $"Mia {tag}", $"{tag}@example.org");
        var host = new HostDraft($"hv-{tag}", $"qemu+tls://{tag}/system", null, "images");
        var hook = new WebhookDraft("chat", "https://chat.example.org/hooks", [NoticeKind.LeaseEnding]);
        var rule = new RuleDraft($"Rule {tag}", null, true, RuleConditions.Any with { Projects = [Guid.Empty] }, new RuleOutcome(PolicyOutcome.Approve, null, []));
        RuleDraft Rule() => rule with { When = RuleConditions.Any with { Projects = [world.Project.Id], MemoryMib = new RuleRange(999_999, null) } };
        return form switch
        {
            "account-name" => async text => (await postgres.Get<AccountService>().CreateAsync(world.Admin, account with { Name = text }, Ct)).Refusal,
            "account-user-name" => async text => (await postgres.Get<AccountService>().CreateAsync(world.Admin, account with { UserName = text }, Ct)).Refusal,
            "account-email" => async text => (await postgres.Get<AccountService>().CreateAsync(world.Admin, account with { Email = text }, Ct)).Refusal,
            "project-name" => async text => (await postgres.Get<ProjectChanges>().CreateAsync(world.Admin, new ProjectDraft(text, new Dictionary<QuotaResource, long>()), Ct)).Refusal,
            "project-rename" => async text => (await postgres.Get<ProjectChanges>().RenameAsync(world.Owner, world.Project.Id, text, (await postgres.Get<ProjectService>().GetAsync(world.Owner, world.Project.Id, Ct))!.Project.Version, Ct)).Refusal,
            "machine-name" => async text => (await requests.SubmitAsync(world.Member, world.Draft() with { MachineName = text }, Guid.NewGuid().ToString(), Ct)).Refusal,
            "ssh-key" => async text => (await requests.SubmitAsync(world.Member, world.Draft() with { SshKey = text }, Guid.NewGuid().ToString(), Ct)).Refusal,
            "create-why" => async text => (await requests.SubmitAsync(world.Member, world.Draft() with { Why = text }, Guid.NewGuid().ToString(), Ct)).Refusal,
            "resize-why" => async text => (await requests.SubmitAsync(world.Member, new ResizeDraft((await world.AddMachineAsync()).Id, 2, 256, 2, text), Guid.NewGuid().ToString(), Ct)).Refusal,
            "quota-why" => async text => (await requests.SubmitAsync(world.Member, new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 200 }, text), Guid.NewGuid().ToString(), Ct)).Refusal,
            "comment" => async text => (await requests.CommentAsync(world.Member, (await cast.SubmitAsync()).Id, text, Guid.NewGuid().ToString(), Ct)).Refusal,
            "approve-reason" => async text => (await approvals.ApproveAsync(world.Admin, [(await cast.SubmitAsync()).Id], text, Ct)).Single().Refusal,
            "deny-reason" => async text => (await approvals.DenyAsync(world.Admin, [(await cast.SubmitAsync()).Id], text, Ct)).Single().Refusal,
            "delegation-reason" => async text => (await postgres.Get<DelegationService>().AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, postgres.Time.GetUtcNow(), postgres.Time.GetUtcNow().AddDays(1), text), Ct)).Refusal,
            "snapshot-name" => async text => (await postgres.Get<SnapshotService>().TakeAsync(world.Member, (await world.AddMachineAsync(MachineState.Off)).Id, text, null, Guid.NewGuid().ToString(), Ct)).Refusal,
            "snapshot-note" => async text => (await postgres.Get<SnapshotService>().TakeAsync(world.Member, (await world.AddMachineAsync(MachineState.Off)).Id, "before", text, Guid.NewGuid().ToString(), Ct)).Refusal,
            "webhook-name" => async text => (await postgres.Get<WebhookService>().CreateAsync(world.Owner, world.Project.Id, hook with { Name = text }, Ct)).Refusal,
            "webhook-url" => async text => (await postgres.Get<WebhookService>().CreateAsync(world.Owner, world.Project.Id, hook with { Url = text }, Ct)).Refusal,
            "token-name" => async text => (await postgres.Get<ApiTokens>().CreateAsync(world.Member, text, null, Ct)).Refusal,
            "rule-name" => async text => (await postgres.Get<PolicyService>().AddAsync(world.Admin, Rule() with { Name = text }, Ct)).Refusal,
            "rule-description" => async text => (await postgres.Get<PolicyService>().AddAsync(world.Admin, Rule() with { Name = $"Rule {Guid.NewGuid():n}", Description = text }, Ct)).Refusal,
            "rule-reason" => async text => (await postgres.Get<PolicyService>().AddAsync(world.Admin, Rule() with { Name = $"Rule {Guid.NewGuid():n}", Then = rule.Then with { Reason = text } }, Ct)).Refusal,
            "host-name" => text => Task.FromResult(HostService.Check(world.Admin, host with { Name = text })),
            "host-uri" => text => Task.FromResult(HostService.Check(world.Admin, host with { Uri = text })),
            "host-pool" => text => Task.FromResult(HostService.Check(world.Admin, host with { Pool = text })),
            "schedule-cron" => text => ScheduleAsync(world, new ScheduleTiming("Europe/Berlin", [], null, text)),
            "schedule-zone" => text => ScheduleAsync(world, new ScheduleTiming(text, [DayOfWeek.Monday], new TimeOnly(7, 0))),
            "call-key" => async text => (await requests.SubmitAsync(world.Member, world.Draft(), text, Ct)).Refusal,
            "confirm-name" => async text => (await postgres.Get<MachineService>().DeleteAsync(world.Member, (await world.AddMachineAsync()).Id, text, Guid.NewGuid().ToString(), Ct)).Refusal,
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, "No form is called so."),
        };
    }

    async Task<Refusal?> ScheduleAsync(World world, ScheduleTiming timing) =>
        (await postgres.Get<ScheduleService>().CreateAsync(world.Member, (await world.AddMachineAsync()).Id, [new SchedulePart(ScheduleKind.PowerOn, timing)], Ct)).Refusal;
}
