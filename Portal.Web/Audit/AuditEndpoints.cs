using Portal.Domain.Audit;
using Portal.Web.Accounts;
using Portal.Web.Controls;

namespace Portal.Web.Audit;

/// <summary>The audit page's downloads, for whoever is signed in to it.</summary>
public static class AuditEndpoints
{
    /// <summary>Where an export is.</summary>
    public const string Path = "/audit/export";

    /// <summary>Maps them.</summary>
    public static void MapPortalAudit(this IEndpointRouteBuilder app) => app.MapGet(Path, ExportAsync).RequireAuthorization();

    /// <summary>The address of the list's export.</summary>
    public static string AddressOf(ListUrl list, string format) => (list with { Path = Path, Number = 1 }).Filtered("format", format).ToString();

    // The list's own address with another path and the format: what is shown is what comes.
    private static async Task<IResult> ExportAsync(HttpContext context, AuditExport export, TimeProvider time, CancellationToken cancellationToken)
    {
        var list = ListUrl.Read($"http://list{Path}{context.Request.QueryString}");
        var format = list["format"] ?? AuditFile.Csv;
        if (!AuditFile.Knows(format))
            return Results.Text($"The trail is exported as {AuditFile.Csv} or {AuditFile.JsonLines}, not as “{format}”.", statusCode: StatusCodes.Status400BadRequest);
        var begun = await export.BeginAsync(PortalClaims.ToActor(context.User), AuditTime.Apply(list.ToQuery(), time.GetUtcNow()), format, cancellationToken);
        return begun.IsOk ? new AuditFile(begun.Value, format) : Results.Text($"{begun.Refusal.Message} {begun.Refusal.Advice}", statusCode: StatusCodes.Status403Forbidden);
    }
}
