using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Web.Notices;

/// <summary>Notices and deliveries in the words of the screen.</summary>
public static class NoticeWords
{
    /// <summary>A kind in a word or two.</summary>
    public static string Of(NoticeKind kind) => kind switch
    {
        NoticeKind.DecisionDue => "Decision due",
        NoticeKind.RequestDecided => "Request decided",
        NoticeKind.Comment => "Comment",
        NoticeKind.LeaseEnding => "Lease ends soon",
        NoticeKind.LeaseEnded => "Lease ended",
        NoticeKind.ScheduleTrouble => "Schedule trouble",
        NoticeKind.QuotaPassed => "Quota passed",
        NoticeKind.MachineTrouble => "Machine trouble",
        NoticeKind.DeliveryTrouble => "Delivery trouble",
    };

    /// <summary>What a kind is about, in a sentence.</summary>
    public static string About(NoticeKind kind) => kind switch
    {
        NoticeKind.DecisionDue => "A request waits for your decision.",
        NoticeKind.RequestDecided => "A request of yours was decided, expired or carried out.",
        NoticeKind.Comment => "Somebody wrote on a request that concerns you.",
        NoticeKind.LeaseEnding => "A machine’s lease ends in some days.",
        NoticeKind.LeaseEnded => "A machine’s lease ended: it was shut down, is about to be deleted, or was.",
        NoticeKind.ScheduleTrouble => "A schedule missed its time, or what it ordered failed.",
        NoticeKind.QuotaPassed => "A project passed its soft limit, or its days of grace are over.",
        NoticeKind.MachineTrouble => "A machine could not be made, is broken, or was moved.",
        NoticeKind.DeliveryTrouble => "An e-mail or a webhook’s delivery was given up.",
    };

    /// <summary>The kind in a delivery: a notice's by its name, or one of a delivery alone.</summary>
    public static string OfPayload(string kind) => kind == DeliveryPayload.AddressChanged ? "Address changed" : Enum.TryParse<NoticeKind>(kind, out var known) ? Of(known) : "Test";

    /// <summary>How far a delivery is.</summary>
    public static string Of(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Queued => "Waits",
        DeliveryStatus.Sent => "Delivered",
        DeliveryStatus.Failed => "Refused",
        DeliveryStatus.GivenUp => "Given up",
    };

    /// <summary>The tone of that.</summary>
    public static string? Tone(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Queued => null,
        DeliveryStatus.Sent => "good",
        DeliveryStatus.Failed or DeliveryStatus.GivenUp => "bad",
    };

    /// <summary>The way a delivery goes.</summary>
    public static string Of(DeliveryChannel channel) => channel switch
    {
        DeliveryChannel.Email => "E-mail",
        DeliveryChannel.Webhook => "Webhook",
    };

    /// <summary>Every kind, to filter by.</summary>
    public static IReadOnlyList<(string Value, string Text)> Kinds { get; } = [.. Enum.GetValues<NoticeKind>().Select(k => (k.ToString(), Of(k)))];
}
