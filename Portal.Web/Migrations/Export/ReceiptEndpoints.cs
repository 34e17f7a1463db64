using System.Runtime.CompilerServices;
using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Web.Accounts;
using Portal.Web.Api;

namespace Portal.Web.Migrations.Export;

/// <summary>Receipts as files: for who is signed in from the page, for a program by the API. Who may read the receipt may have it.</summary>
static class ReceiptEndpoints
{
    // Chunks, of about a second each.
    const int AtOnce = 30;

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
        if (await migrations.GetAsync(actor, id, ct) is not { } receipt)
            return Problems.NotFound("move");
        var beginnings = await SampleReader.CountBeginningsAsync(FramesAsync(actor, id, migrations, ct), ct);
        var samples = SampleReader.ReadAsync(FramesAsync(actor, id, migrations, ct), beginnings, ct);
        var name = ReceiptFile.NameOf(receipt.Migration, form);
        return form switch
        {
            ReceiptFile.Json => Results.Stream(body => ReceiptFile.WriteJsonAsync(body, receipt, samples, ct), "application/json", name),
            ReceiptFile.Csv => Results.Stream(body => ReceiptFile.WriteCsvAsync(body, samples, ct), "text/csv; charset=utf-8", name),
            _ => Results.File(Draw(host, receipt, await ReceiptSamples.AllAsync(samples, ct)), "image/png", name),
        };
    }

    /// <summary>Every frame that was kept, some of them at a time: a slow reader holds neither memory nor a connection to the database.</summary>
    static async IAsyncEnumerable<MigrationFrame> FramesAsync(Actor actor, Guid id, MigrationService migrations, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var last = -1; await migrations.ReadChunksAsync(actor, id, last, ct, AtOnce) is { Count: > 0 } chunks; last = chunks[^1].Ordinal)
        {
            foreach (var frame in chunks.SelectMany(chunk => FrameCodec.Unpack(chunk.Payload)))
                yield return frame;
        }
    }

    static byte[] Draw(IWebHostEnvironment host, MigrationDetails receipt, ReceiptSamples samples)
    {
        using var font = host.WebRootFileProvider.GetFileInfo("dist/inter-drawn.woff").CreateReadStream();
        return ReceiptChart.Draw(font, receipt, samples);
    }
}
