using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;

namespace Portal.Tests.Browser;

/// <summary>
/// An organisation helps itself: a member, a project's owner, an approver and an auditor at their browsers, an admin who set things up and
/// an operator who stands in for the approver, on a real fleet, with a real mail server and a real receiver of webhooks.
/// </summary>
[Collection(LabCollection.Name)]
public sealed partial class SelfServiceStoryTests : IAsyncLifetime
{
    readonly PostBox post = new();
    readonly Site site;
    readonly List<string> unfit = [];
    IPage member = null!, owner = null!, approver = null!, auditor = null!, admin = null!, standIn = null!;
    string project = "", machine = "", hookSecret = "";

    public SelfServiceStoryTests(PostgresCluster cluster, LabFixture lab) => site = new(cluster, lab, post.Settings);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await post.StartAsync();
        await site.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            await LeavePicturesAsync();
        await site.DisposeAsync();
        await post.DisposeAsync();
    }

    [Fact]
    public async Task Policy_decides_the_ordinary_people_the_rest_and_what_was_done_is_told()
    {
        using var shell = await GuestShell.CreateAsync(Stop);
        using var api = await AdminAsync();
        await PeopleComeAsync();
        await ProjectIsMadeAsync(api);
        await OwnerMakesWebhookAsync();

        await MoreThanTheQuotaIsRefusedAsync(api, shell.PublicKey);
        await SmallerOneIsApprovedAtOnceAsync();
        await LeaseIsWarnedAndExtendedAsync();
        await SizeIsChangedAsync();
        await ScheduleStopsItAsync();

        await MemoryAsync(api, 600);
        await ApproverGoesAwayAsync();
        await LargeOneTakesTwoLevelsAsync(shell.PublicKey);
        await ScheduleStartsItAsync(shell);

        await EverybodyWasToldAsync();
        await TrailIsWholeAsync();
        await AlteredTrailIsFoundBrokenAsync();
        unfit.ShouldBeEmpty();
    }
}
