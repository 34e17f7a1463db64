using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Audit;
using Portal.Web.Audit;

namespace Portal.Web.Api;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who; all zeros is the portal itself.</param>
/// <param name="ActorName">That person's name then.</param>
/// <param name="Action">What, e.g. request.approve.</param>
/// <param name="SubjectKind">On what kind of thing.</param>
/// <param name="SubjectId">On which.</param>
/// <param name="SubjectName">Its name then.</param>
/// <param name="ProjectId">In which project, where it belongs to one.</param>
/// <param name="ProjectName">That project's name now.</param>
/// <param name="Detail">More about it: an object.</param>
/// <param name="RemoteAddress">From where.</param>
/// <param name="Sequence">Its place in the chain; null while it waits for one.</param>
/// <param name="Hash">Its hash there, hexadecimal; only in an export.</param>
public sealed record AuditLine(Guid Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, string SubjectKind, Guid SubjectId, string SubjectName,
    Guid? ProjectId, string? ProjectName, JsonElement Detail, string? RemoteAddress, long? Sequence, string? Hash)
{
    // The entry holds its detail as text; a program wants it as the object it is.
    internal static AuditLine Of(AuditEntry e, byte[]? hash = null) => new(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId, e.ProjectName,
        JsonElement.Parse(e.Detail), e.RemoteAddress, e.Sequence, hash is null ? null : Convert.ToHexStringLower(hash));
}

/// <summary>What looking through the whole trail found.</summary>
/// <param name="Whole">Whether everything stands as it was sealed.</param>
/// <param name="Events">Events that stand where and as they were sealed, from the first on.</param>
/// <param name="Head">The last of them, SEQUENCE:HASH; kept elsewhere, it proves later that they still stand.</param>
/// <param name="Unsealed">Events not sealed yet.</param>
/// <param name="OldestUnsealed">When the oldest of those was.</param>
/// <param name="Break">The first thing that is wrong.</param>
/// <param name="Remark">What is not wrong but worth a look.</param>
public sealed record AuditProof(bool Whole, long Events, string Head, long Unsealed, DateTimeOffset? OldestUnsealed, AuditBreak? Break, string? Remark);

/// <summary>The audit trail; for auditors and admins.</summary>
static class AuditRoutes
{
    static readonly string[] Sorts = ["at", "actor", "action", "subject"];

    static readonly ListFilter[] Filters = [new("action"), new("kind"), ListFilter.Id("actor"), ListFilter.Id("subject"), ListFilter.Id("project"), new("address"), ListFilter.Time("from"), ListFilter.Time("to")];

    // Where a page begins when it is not at a number.
    static readonly ListFilter[] Places = [ListFilter.Id("after"), ListFilter.Id("before")];

    public static void Map(RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("", ListAsync).WithSummary("Who did what to what, newest first; after or before an event’s id instead of skip reaches any depth; for auditors").Lists(Sorts, [.. Filters, .. Places]);
        audit.MapGet("/export", ExportAsync).WithSummary("The same list whole, as a file of JSON lines or comma-separated values; the header Portal-Audit-Head holds the chain’s head").Lists(Sorts, [.. Filters, new("format", [AuditFile.JsonLines, AuditFile.Csv])])
            .Produces<AuditLine>(StatusCodes.Status200OK, "application/jsonl", "text/csv");
        audit.MapGet("/proof", ProveAsync).WithSummary("Looks through the whole trail, which takes seconds for a million events, and says whether it is as it was sealed; for auditors");
    }

    static async Task<Results<Ok<Page<AuditLine>>, JsonHttpResult<Problem>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, AuditService audit, CancellationToken ct)
    {
        var page = await audit.ListAsync(user.Actor(), paging.ToQuery(http), ct);
        return page.IsOk ? TypedResults.Ok(new Page<AuditLine>([.. page.Value.Items.Select(e => AuditLine.Of(e))], page.Value.Total, page.Value.AtLeast)) : Problems.From(page.Refusal);
    }

    static async Task<IResult> ExportAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, AuditExport export, CancellationToken ct)
    {
        var format = http.Query["format"].ToString() is { Length: > 0 } said ? said.ToLowerInvariant() : AuditFile.JsonLines;
        var begun = await export.BeginAsync(user.Actor(), paging.ToQuery(http), format, ct);
        return begun.IsOk ? new AuditFile(begun.Value, format) : Problems.From(begun.Refusal);
    }

    /// <param name="user">Who asks.</param>
    /// <param name="head">A head that was kept, SEQUENCE:HASH: the trail must go through it.</param>
    /// <param name="audit">The trail.</param>
    /// <param name="ct">Gives up.</param>
    static async Task<Results<Ok<AuditProof>, JsonHttpResult<Problem>>> ProveAsync(ClaimsPrincipal user, string? head, AuditService audit, CancellationToken ct)
    {
        var known = AuditMark.Parse(head);
        if (known is null && !string.IsNullOrEmpty(head))
            return Problems.Make(StatusCodes.Status400BadRequest, "invalid-parameter", $"“{head}” is no head.", "Give what an earlier proof said, SEQUENCE:HASH with 64 hexadecimal digits.", "head");
        var found = await audit.VerifyAsync(user.Actor(), known, null, ct);
        return found.IsOk ? TypedResults.Ok(Of(found.Value)) : Problems.From(found.Refusal);
    }

    static AuditProof Of(AuditVerdict v) => new(v.IsWhole, v.Events, v.Head.ToString(), v.Unsealed, v.OldestUnsealed, v.Break, v.Remark);
}
