namespace Portal.Domain.Evacuations;

/// <summary>Evacuations inside a sentence.</summary>
public static class EvacuationWords
{
    /// <summary>What an evacuation is about: a host, or machines with a tag.</summary>
    public static string Subject(string? host, string? tag) => host ?? $"machines tagged {tag}";

    /// <summary>How far it is.</summary>
    public static string Of(EvacuationStatus status) => status switch
    {
        EvacuationStatus.Running => "under way",
        EvacuationStatus.Paused => "paused",
        EvacuationStatus.Cancelling => "being cancelled",
        EvacuationStatus.Done => "done",
        EvacuationStatus.Cancelled => "cancelled",
    };
}
