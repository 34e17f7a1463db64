using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Portal.Domain.Audit;
using Portal.Web.Api;

namespace Portal.Web.Audit;

/// <summary>Writes an export to whoever asked for it, as fast as that one reads and no faster.</summary>
sealed class AuditFile(AuditHandout trail, string format) : IResult
{
    /// <summary>Comma-separated values, for a spreadsheet.</summary>
    public const string Csv = "csv";

    /// <summary>One JSON object a line, for a program.</summary>
    public const string JsonLines = "jsonl";

    /// <summary>The header that holds the chain's head.</summary>
    public const string HeadHeader = "Portal-Audit-Head";

    const int RowsTogether = 200;

    static readonly string[] Columns = ["sequence", "hash", "id", "at", "actorId", "actorName", "action", "subjectKind", "subjectId", "subjectName", "projectId", "projectName", "detail", "remoteAddress"];

    // As its name says it may not stand in a page as it is; this is a file.
    static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether this is a form the trail can be written in.</summary>
    public static bool Knows(string format) => format is Csv or JsonLines;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = format == Csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl";
        response.Headers.ContentDisposition = $"attachment; filename=\"audit-{trail.Head.Sequence}.{format}\"";
        response.Headers[HeadHeader] = trail.Head.ToString();
        var body = response.BodyWriter;
        if (format == Csv)
            Line(body, Columns);
        var rows = 0;
        await foreach (var row in trail.Events.WithCancellation(context.RequestAborted))
        {
            if (format == Csv)
                Line(body, Fields(row));
            else
                Object(body, row);
            if (++rows % RowsTogether == 0)
                await body.FlushAsync(context.RequestAborted);
        }
        await body.FlushAsync(context.RequestAborted);
    }

    /// <summary>A cell as it stands in the file: quoted, and what a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public static string Cell(string? text) =>
        text is null or "" ? "" : $"\"{(text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static void Line(PipeWriter body, IEnumerable<string?> fields) => Encoding.UTF8.GetBytes(string.Join(',', fields.Select(Cell)) + "\r\n", body);

    static void Object(PipeWriter body, AuditExported row)
    {
        using (var writer = new Utf8JsonWriter(body, Writing))
            JsonSerializer.Serialize(writer, AuditLine.Of(row.Entry, row.Hash), Domain.Json.Options);
        body.Write("\n"u8);
    }

    static string?[] Fields(AuditExported row)
    {
        var e = row.Entry;
        return
        [
            e.Sequence?.ToString(CultureInfo.InvariantCulture), row.Hash is { } hash ? Convert.ToHexStringLower(hash) : null, e.Id.ToString(), e.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            e.ActorId.ToString(), e.ActorName, e.Action, e.SubjectKind, e.SubjectId.ToString(), e.SubjectName, e.ProjectId?.ToString(), e.ProjectName, e.Detail, e.RemoteAddress,
        ];
    }
}
