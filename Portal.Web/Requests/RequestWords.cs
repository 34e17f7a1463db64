using Portal.Domain.Requests;
using Portal.Web.Controls;

namespace Portal.Web.Requests;

/// <summary>Requests in the words of the screen.</summary>
public static class RequestWords
{
    /// <summary>What is asked for, as a title: <c>Create machine</c>.</summary>
    public static string Of(RequestKind kind) => kind switch
    {
        RequestKind.Create => "Create machine",
        RequestKind.Resize => "Resize",
        RequestKind.ExtendLease => "Extend lease",
        RequestKind.QuotaIncrease => "Raise quota",
        RequestKind.Delete => "Delete machine",
    };

    /// <summary>What is asked for, line by line.</summary>
    public static IEnumerable<(string What, string Figures)> Facts(RequestTerms terms) => terms switch
    {
        CreateTerms create => [("Image", create.Image), ("Flavor", create.Flavor), ("Size", Words.Size(create.Size))],
        ResizeTerms resize => [("Size", Words.Size(resize.To)), ("Instead of", Words.Size(resize.From))],
        ExtendTerms extend => [("Longer by", Format.Count(extend.Days, "day")), ("Ends", Format.Date(extend.To)), ("Instead of", Format.Date(extend.From))],
        QuotaTerms quota => quota.To.Select(limit => (Words.Of(limit.Key), $"{Words.Amount(limit.Key, limit.Value)} instead of {Words.Amount(limit.Key, quota.From.GetValueOrDefault(limit.Key))}")),
        DeleteTerms delete => [("Comes free", Words.Size(delete.Size))],
        _ => [],
    };

    /// <summary>What is asked for in a few words: <c>tiny · Micro</c>.</summary>
    public static string InBrief(RequestTerms terms) => terms switch
    {
        CreateTerms create => $"{create.Flavor} · {create.Image}",
        ResizeTerms resize => $"to {Words.Size(resize.To)}",
        ExtendTerms extend => $"{Format.Count(extend.Days, "day")} longer",
        QuotaTerms quota => "limits to " + string.Join(", ", quota.To.Select(limit => $"{Words.Of(limit.Key)} {Words.Amount(limit.Key, limit.Value)}")),
        DeleteTerms delete => $"deletion, frees {Words.Size(delete.Size)}",
        _ => "",
    };
}
