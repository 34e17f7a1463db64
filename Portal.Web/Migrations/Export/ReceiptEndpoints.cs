using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Web.Accounts;
using Portal.Web.Api;

namespace Portal.Web.Migrations.Export;

/// <summary>Receipts as files: for who is signed in from the page, for a program by the API. Who may read the receipt may have it.</summary>
static class ReceiptEndpoints
{
    /// <summary>Where the page finds a receipt's file.</summary>
    public static string AddressOf(Guid move, string form) => $"/migrations/{move}/receipt.{form}";

    /// <summary>Maps the page's downloads.</summary>
    public static void MapPortalReceipts(this IEndpointRouteBuilder app) =>
        app.MapGet("/migrations/{id:guid}/receipt.{form}", (HttpContext context, Guid id, string form, MigrationService migrations, IWebHostEnvironment host, CancellationToken ct) =>
            AnswerAsync(PortalClaims.ToActor(context.User), id, form, migrations, host, ct)).RequireAuthorization();

    /// <summary>The file, or why there is none.</summary>
    public static async Task<IResult> AnswerAsync(Actor actor, Guid id, string form, MigrationService migrations, IWebHostEnvironment host, CancellationToken ct)
    {
        if (!ReceiptFile.All.Contains(form))
            return Problems.Make(StatusCodes.Status400BadRequest, "invalid-parameter", $"A receipt is not written as “{form}”.", $"Give one of {string.Join(", ", ReceiptFile.All)}.", "form");
        if (await migrations.GetAsync(actor, id, ct) is not { } receipt || await migrations.ReadChunksAsync(actor, id, -1, ct) is not { } chunks)
            return Problems.NotFound("move");
        var samples = ReceiptSamples.From(chunks.SelectMany(chunk => FrameCodec.Unpack(chunk.Payload)));
        var name = ReceiptFile.NameOf(receipt.Migration, form);
        return form switch
        {
            ReceiptFile.Json => Results.File(ReceiptFile.AsJson(receipt, samples), "application/json", name),
            ReceiptFile.Csv => Results.File(ReceiptFile.AsCsv(samples), "text/csv; charset=utf-8", name),
            _ => Results.File(Draw(host, receipt, samples), "image/png", name),
        };
    }

    static byte[] Draw(IWebHostEnvironment host, MigrationDetails receipt, ReceiptSamples samples)
    {
        using var font = host.WebRootFileProvider.GetFileInfo("dist/inter-drawn.woff").CreateReadStream();
        return ReceiptChart.Draw(font, receipt, samples);
    }
}
