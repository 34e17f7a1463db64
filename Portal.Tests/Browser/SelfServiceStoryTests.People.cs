using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Domain.Projects;
using Portal.Tests.Web.Api;
using Portal.Web.Api;

namespace Portal.Tests.Browser;

/// <content>How the organisation is set up.</content>
public sealed partial class SelfServiceStoryTests
{
    /* The admin makes the accounts; everybody chooses a password of his own. */
    async Task PeopleComeAsync()
    {
        admin = await site.SignInAsync("admin");
        await GoAsync(admin, "/people");
        member = await site.FirstSignInAsync("mia", await AccountAsync("mia", "Mia Member"));
        owner = await site.FirstSignInAsync("olga", await AccountAsync("olga", "Olga Owner"));
        approver = await site.FirstSignInAsync("paul", await AccountAsync("paul", "Paul Approver", "Approver"));
        auditor = await site.FirstSignInAsync("vera", await AccountAsync("vera", "Vera Auditor", "Auditor"));
        standIn = await site.FirstSignInAsync("otto", await AccountAsync("otto", "Otto Operator", "Operator"));
        await LookAsync(admin, "people");
    }

    async Task<string> AccountAsync(string userName, string name, string? role = null)
    {
        await Button(admin, "New account").ClickAsync();
        var dialog = admin.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Signs in as").FillAsync(userName);
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await dialog.GetByLabel("E-mail").FillAsync($"{userName}@example.org");
        if (role is not null)
            await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex($"^{role}") }).CheckAsync();
        await Button(dialog, "Make account").ClickAsync();
        var told = admin.GetByRole(AriaRole.Status).Filter(new() { HasText = $"The password of {name}" });
        return await told.Locator("code").InnerTextAsync();
    }

    async Task ProjectIsMadeAsync(ApiCaller api)
    {
        var people = (await api.GetAsync("people?take=50")).Json["items"]!.AsArray();
        Guid Id(string userName) => Guid.Parse(people.Single(p => p!["userName"]!.ToString() == userName)!["id"]!.ToString());
        var limits = new Dictionary<QuotaResource, long>
        {
            [QuotaResource.Machines] = 3, [QuotaResource.Vcpus] = 8, [QuotaResource.MemoryMib] = 600, [QuotaResource.DiskGib] = 8, [QuotaResource.Addresses] = 3, [QuotaResource.Snapshots] = 4,
        };
        var made = await api.PostAsync("projects", new ProjectBody("Shop front", limits, Id("olga")), "project");
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        project = made.Json["project"]!["id"]!.ToString();
        (await api.PostAsync($"projects/{project}/members", new MemberBody(Id("mia"), ProjectRole.Member), "mia")).Status.ShouldBe(HttpStatusCode.Created);
    }

    async Task OwnerMakesWebhookAsync()
    {
        await GoAsync(owner, "/webhooks");
        await Button(owner, "New webhook").First.ClickAsync();
        var dialog = owner.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("shop chat");
        await dialog.GetByLabel("Address").FillAsync(post.HookAddress);
        foreach (var kind in (string[])["Decision due", "Request decided", "Lease ends soon"])
            await dialog.GetByRole(AriaRole.Checkbox, new() { Name = kind }).CheckAsync();
        await Button(dialog, "Make webhook").ClickAsync();
        hookSecret = await dialog.Locator("code").InnerTextAsync();
        await Button(dialog, "I have it").ClickAsync();
    }
}
