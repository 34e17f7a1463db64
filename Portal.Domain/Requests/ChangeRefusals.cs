using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>The machine has this size already.</summary>
public sealed record SameSize(string Name) : Refusal("same-size", $"{Name} has this size already.", "Change at least one of vCPU, memory and disk.", "vcpus");

/// <summary>A disk only grows.</summary>
public sealed record DiskShrinks(string Name, int HasGib, int AskedGib)
    : Refusal("disk-shrinks", $"The disk of {Name} has {HasGib} GiB and cannot become {AskedGib} GiB: a disk only grows, since what is at its end would be lost.", $"Ask for {HasGib} GiB or more; for a smaller disk make a new machine.", "diskGib");

/// <summary>The machine's image needs more.</summary>
public sealed record BelowImage(string Image, string Needs, string InField) : Refusal("below-image", $"The image “{Image}” needs at least {Needs}.", $"Ask for {Needs} or more.", InField);

/// <summary>The same is asked for already.</summary>
/// <param name="RequestId">The other request.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Of">Its kind.</param>
/// <param name="Status">Waiting, or Approved and being carried out.</param>
public sealed record OtherWaits(Guid RequestId, string Subject, RequestKind Of, RequestStatus Status) : Refusal(
    "other-request-waits",
    $"Another request {Words(Of)} {Subject} {(Status == RequestStatus.Approved ? "is being carried out" : "waits for a decision")}.",
    Status == RequestStatus.Approved ? "Wait until it is done." : "Wait for its decision, or change that request and send it anew.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    static string Words(RequestKind kind) => kind switch
    {
        RequestKind.Create => "for",
        RequestKind.Resize => "to resize",
        RequestKind.ExtendLease => "to extend the lease of",
        RequestKind.QuotaIncrease => "of yours to raise the limits of",
        RequestKind.Delete => "to delete",
    };
}

/// <summary>The machine's host cannot carry the larger machine.</summary>
public sealed record NoRoomToGrow(string Name, HostMisfit Misfit)
    : Refusal("no-room-to-grow", $"{Name} cannot grow where it is: {Misfit.Why}.", "Move it to a host with more room first, free room there, or ask for less.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The limit is as high already.</summary>
public sealed record NotHigher(QuotaLine Line, long Asked) : Refusal(
    "not-higher", $"The project's limit is {QuotaWords.Amount(Line.Resource, Line.Limit)} already; {QuotaWords.Amount(Line.Resource, Asked)} would not raise it.", "Ask for more, or leave that limit out.", "limits");

/// <summary>The machine is protected from deletion.</summary>
public sealed record ProtectedMachine(string Name)
    : Refusal("machine-protected", $"{Name} is protected from deletion: nothing was deleted.", "Ask for its deletion, which takes a decision; or have an owner of the project take the protection off.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Nobody needs to be asked.</summary>
public sealed record NotProtected(string Name) : Refusal("machine-not-protected", $"{Name} is not protected: nobody has to be asked.", "Delete it on its page.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>This request cannot be changed and sent anew.</summary>
public sealed record NotReplaceable(string Problem, string Fix) : Refusal("not-replaceable", Problem, Fix)
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
