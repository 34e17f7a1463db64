using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Notices;

namespace Portal.Web.Api;

/// <summary>Notices to mark read.</summary>
/// <param name="Ids">Which; all of one's own when not said. At most 200.</param>
public sealed record ReadBody(IReadOnlyList<Guid>? Ids = null);

/// <summary>How many notices were marked.</summary>
/// <param name="Marked">Those that were unread before.</param>
public sealed record MarkedNotices(int Marked);

/// <summary>How one wants to be told of a kind of thing.</summary>
/// <param name="InPage">Whether it shows in the pages.</param>
/// <param name="ByEmail">Whether it comes by e-mail.</param>
public sealed record PreferenceBody(bool InPage, bool ByEmail);

/// <summary>What one was told, and how one wants to be told.</summary>
static class NoticeRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var notices = api.MapGroup("/notices").WithTags("Notices");
        notices.MapGet("", ListAsync).WithSummary("What one was told, newest first")
            .Lists(["at", "kind", "title", "project"], ListFilter.Of<NoticeKind>("kind"), new ListFilter("read", ["yes", "no"]), ListFilter.Id("project"));
        notices.MapPost("/read", ReadAsync).WithSummary("Mark notices of one's own read; others are left alone").Changes();
        notices.MapGet("/preferences", PreferencesAsync).WithSummary("How one is told of each kind of thing");
        notices.MapPut("/preferences/{kind}", ChooseAsync).WithSummary("Choose how one is told of a kind of thing from now on").Changes();
    }

    static async Task<Ok<Page<NoticeView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, NoticeService notices, CancellationToken ct) =>
        TypedResults.Ok(await notices.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<MarkedNotices>, JsonHttpResult<Problem>>> ReadAsync(ClaimsPrincipal user, ReadBody body, NoticeService notices, CancellationToken ct)
    {
        if (body.Ids is { Count: > ListQuery.MostRows })
            return Problems.Make(StatusCodes.Status422UnprocessableEntity, "too-many-ids", $"More than {ListQuery.MostRows} notices in one call.", "Send them in several calls, or none to mark all.", "ids");
        return TypedResults.Ok(new MarkedNotices(body.Ids is { } ids ? await notices.ReadAsync(user.Actor(), ids.ToHashSet(), ct) : await notices.ReadAllAsync(user.Actor(), ct)));
    }

    static async Task<Ok<PreferencesView>> PreferencesAsync(ClaimsPrincipal user, NoticePreferences preferences, CancellationToken ct) => TypedResults.Ok(await preferences.GetAsync(user.Actor(), ct));

    static async Task<Results<Ok<PreferenceView>, JsonHttpResult<Problem>>> ChooseAsync(ClaimsPrincipal user, string kind, PreferenceBody body, NoticePreferences preferences, CancellationToken ct) =>
        Enum.GetValues<NoticeKind>().Where(k => string.Equals(k.ToString(), kind, StringComparison.OrdinalIgnoreCase)).Select(k => (NoticeKind?)k).FirstOrDefault() is { } known
            ? (await preferences.ChooseAsync(user.Actor(), known, body.InPage, body.ByEmail, ct)).Ok()
            : Problems.NotFound("kind of notice");
}
