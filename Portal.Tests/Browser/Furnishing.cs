using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Browser;

/// <summary>
/// Real things for the pages to show: a machine that runs and has moved, with a lease, schedules and protection; requests of every kind, one of
/// them granted and one denied; a rule, a webhook that was called, a delegation; and people of every role.
/// </summary>
sealed record Furnishing
{
    static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 120_000 };

    /// <summary>The project everything is in.</summary>
    public required Guid Project { get; init; }

    /// <summary>The machine.</summary>
    public required Guid Machine { get; init; }

    /// <summary>The first host of the lab.</summary>
    public required Guid Host { get; init; }

    /// <summary>Its move.</summary>
    public required Guid Migration { get; init; }

    /// <summary>Requests: the machine's own, a denied one, and those that wait, of every kind.</summary>
    public required IReadOnlyList<Guid> Requests { get; init; }

    /// <summary>A rule of the policy.</summary>
    public required Guid Rule { get; init; }

    /// <summary>A webhook.</summary>
    public required Guid Webhook { get; init; }

    /// <summary>Passwords of the people who were added, by the name they sign in with: an owner, an approver and an auditor.</summary>
    public required IReadOnlyDictionary<string, string> Passwords { get; init; }

    /// <summary>Asks, approves, plans and moves through the API; the pages tell when each is done.</summary>
    public static async Task<Furnishing> OfAsync(Site site, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await PortalProcess.RunAsync(site.Database, cancellationToken, "token", "--user", "admin", "--name", "furnishing");
        exitCode.ShouldBe(0, output);
        using var api = new ApiCaller(site.Address, output.Split('\n')[0].Trim());
        var house = new Furnisher(api);
        var project = Furnisher.Id((await api.GetAsync("projects")).Json["items"]![0]!["id"]);
        var passwords = await house.PeopleAsync(project);
        var rule = await house.RuleAsync();

        var granted = await house.MachineAsync(project, "web-01");
        var denied = await house.MachineAsync(project, "web-02");
        await house.SendAsync($"approvals/{denied["id"]}/deny", new { reason = "web-01 is enough." });
        await house.SendAsync($"approvals/{granted["id"]}/approve", new { reason = "Welcome." });
        var machine = Furnisher.Id(granted["machineId"]);
        var webhook = await house.WebhookAsync();
        await house.DelegationAsync();

        var page = await site.SignInAsync("admin");
        await page.GotoAsync($"/requests/{granted["id"]}");
        await Assertions.Expect(page.Locator("main").GetByText("Machine made").First).ToBeVisibleAsync(Long);
        var move = await house.SendAsync($"machines/{machine}/migrations", new { mode = "Live" });
        await page.GotoAsync($"/migrations/{move["id"]}");
        await Assertions.Expect(page.Locator("[data-chart][data-complete]")).ToBeVisibleAsync(Long);
        await page.Context.CloseAsync();

        var waiting = await house.WaitingAsync(project, machine);
        await house.SchedulesAsync(machine);
        var host = await house.LoadScheduleAsync();
        return new Furnishing
        {
            Host = host, Project = project, Machine = machine, Migration = Furnisher.Id(move["id"]), Rule = rule, Webhook = webhook, Passwords = passwords,
            Requests = [Furnisher.Id(granted["id"]), Furnisher.Id(denied["id"]), .. waiting],
        };
    }

    /// <summary>Signs in somebody who was added, who chooses a password of their own first.</summary>
    public async Task<IPage> SignInAsync(Site site, string name)
    {
        var page = await site.OpenAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name or e-mail").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Passwords[name]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Current password").FillAsync(Passwords[name]);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync("four words in a row");
        await page.GetByLabel("New password again").FillAsync("four words in a row");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await page.WaitForURLAsync(url => !new Uri(url).AbsolutePath.Contains("password", StringComparison.Ordinal));
        return page;
    }
}

/// <summary>Brings the things in, one call of the API each.</summary>
sealed class Furnisher(ApiCaller api)
{
    static readonly string[] QuotaOnly = ["QuotaIncrease"];
    static readonly string[] Decisions = ["RequestDecided", "DecisionDue"];
    static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

    JsonNode? catalog;
    Guid approver;

    public static Guid Id(JsonNode? node) => Guid.Parse(node!.ToString());

    /// <summary>An answer that is not what was asked for says so at once, instead of an empty page later.</summary>
    public async Task<JsonNode> SendAsync(string path, object body)
    {
        var reply = await api.PostAsync(path, body, Guid.NewGuid().ToString());
        ((int)reply.Status).ShouldBeInRange(200, 299, $"{path}: {reply.Text}");
        return reply.Json;
    }

    public async Task<IReadOnlyDictionary<string, string>> PeopleAsync(Guid project)
    {
        var passwords = new Dictionary<string, string>();
        foreach (var (name, called, roles) in new (string, string, string[])[] { ("olivia", "Olivia Owner", []), ("ravi", "Ravi Approver", ["approver"]), ("audrey", "Audrey Auditor", ["auditor"]) })
        {
            var made = await SendAsync("people", new { userName = name, name = called, email = $"{name}@example.org", roles });
            passwords[name] = made["password"]!.ToString();
            if (name == "olivia")
                await SendAsync($"projects/{project}/members", new { userId = Id(made["account"]!["id"]), role = "Owner" });
            if (name == "ravi")
                approver = Id(made["account"]!["id"]);
        }

        return passwords;
    }

    public async Task<Guid> RuleAsync()
    {
        var levels = new[]
        {
            new { approvers = new object[] { new { kind = "ProjectOwners" } }, all = false },
            new { approvers = new object[] { new { kind = "Role", role = "approver" }, new { kind = "Person", userId = approver } }, all = true },
        };
        var made = await SendAsync("policy/rules", new
        {
            name = "More quota: an owner, then the platform", description = (string?)null, enabled = true, when = new { kinds = QuotaOnly, cost = new { to = 500 } },
            then = new { outcome = "Ask", reason = (string?)null, levels, mayDecideOwn = false, expiresAfterHours = 72, onExpiry = "Deny" },
        });
        await SendAsync($"policy/rules/{made["id"]}/move", new { version = (uint)made["version"]!, number = 1 });
        return Id(made["id"]);
    }

    public async Task<JsonNode> MachineAsync(Guid project, string name)
    {
        catalog ??= (await api.GetAsync($"projects/{project}/catalog")).Json;
        return await SendAsync("requests", new
        {
            projectId = project, machineName = name, sshKey = World.SshKey, why = "The pages need something to show.", leaseDays = 30,
            imageId = catalog["images"]![0]!["id"]!.ToString(), flavorId = catalog["flavors"]![0]!["id"]!.ToString(), networkId = catalog["networks"]![0]!["id"]!.ToString(),
        });
    }

    public async Task<Guid> WebhookAsync()
    {
        // Nobody listens there: the log shows a call that failed and is tried again.
        var made = await SendAsync("webhooks", new { name = "Ticket system", url = "https://tickets.example.org/hooks/portal", kinds = Decisions });
        var id = Id(made["webhook"]!["id"]);
        await SendAsync($"webhooks/{id}/ping", new { });
        return id;
    }

    public async Task DelegationAsync()
    {
        var admin = Id((await api.GetAsync("me")).Json["id"]);
        var now = DateTimeOffset.UtcNow;
        await SendAsync("delegations", new { fromUserId = approver, toUserId = admin, beginsAt = now.AddMinutes(1), endsAt = now.AddDays(9), reason = "By the sea" });
    }

    /// <summary>A request of every kind that waits, and one that is talked about.</summary>
    public async Task<IReadOnlyList<Guid>> WaitingAsync(Guid project, Guid machine)
    {
        const string why = "It is needed until spring.";
        var create = await MachineAsync(project, "web-03");
        await SendAsync($"requests/{create["id"]}/comments", new { text = "Could it be smaller?" });
        var longer = await SendAsync("requests", new { kind = "ExtendLease", machineId = machine, days = 20, why });
        var more = await SendAsync("requests", new { kind = "QuotaIncrease", projectId = project, limits = new { Machines = 40 }, why });
        var resize = await SendAsync("requests", new { kind = "Resize", machineId = machine, vcpus = 2, why });
        var put = await api.SendAsync(HttpMethod.Put, $"machines/{machine}/protection", new { on = true }, Guid.NewGuid().ToString());
        ((int)put.Status).ShouldBeInRange(200, 299, put.Text);
        return [Id(create["id"]), Id(longer["id"]), Id(more["id"]), Id(resize["id"])];
    }

    /// <summary>A schedule of what is on the first host, whose identifier is given back.</summary>
    public async Task<Guid> LoadScheduleAsync()
    {
        var host = Id((await api.GetAsync("hosts")).Json["items"]![0]!["id"]);
        await SendAsync("schedules", new
        {
            target = new { hostId = host },
            parts = new object[] { new { kind = "Relocate", timing = new { zone = "Europe/Berlin", days = Weekdays, at = "03:00:00" }, move = new { askedHostId = (Guid?)null, mode = "Live", objectiveMs = (double?)null }, window = new { minutes = 120, late = "RunLate" } } },
        });
        return host;
    }

    public async Task SchedulesAsync(Guid machine) => await api.PostAsync($"machines/{machine}/schedules", new
    {
        parts = new object[]
        {
            new { kind = "PowerOn", timing = new { zone = "Europe/Berlin", days = Weekdays, at = "07:30:00" } },
            new { kind = "PowerOff", timing = new { zone = "Europe/Berlin", days = Weekdays, at = "19:00:00" } },
        },
    }, Guid.NewGuid().ToString());
}
