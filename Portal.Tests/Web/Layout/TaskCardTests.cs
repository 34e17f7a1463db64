using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Operations;
using Portal.Web.Controls;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Layout;

public sealed class TaskCardTests : BunitContext
{
    static readonly DateTimeOffset s_began = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public TaskCardTests()
    {
        Services.AddSingleton(TimeProvider.System).AddScoped<Clock>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public void A_step_that_took_no_time_worth_telling_shows_none()
    {
        var row = new OperationRow(Guid.CreateVersion7(), OperationKind.Power, Guid.CreateVersion7(), "web-01", Guid.CreateVersion7(), "Start web-01", OperationStatus.Succeeded, null,
            100, null, false, Guid.CreateVersion7(), "Olga", null, s_began, s_began, s_began.AddSeconds(2), null);
        var task = new OperationDetails(row, [Step(0, "Look", 0.04), Step(1, "Start", 1.9)], 1, MayCancel: false);

        var steps = Render<TaskCard>(card => card.Add(c => c.Task, task)).FindAll(".steps li");

        steps[0].QuerySelector(".faint").ShouldBeNull();
        steps[1].QuerySelector(".faint")!.TextContent.Replace(Format.Thin, ' ').ShouldBe("1.9 s");
    }

    [Theory]
    [InlineData(1, "done")]
    [InlineData(3, "all 3 done")]
    public void A_result_counts_only_where_there_is_something_to_count(int items, string said) =>
        Render<ItemResults>(results => results.Add(r => r.Title, "Started").Add(r => r.Items, [.. Enumerable.Range(1, items).Select(i => new ItemResult($"web-{i}", Ok: true, "started"))]))
            .Markup.ShouldContain($"{said}<", Case.Sensitive);

    static StepRow Step(int ordinal, string name, double seconds) => new(ordinal, name, StepState.Done, null, s_began, s_began.AddSeconds(seconds));
}
