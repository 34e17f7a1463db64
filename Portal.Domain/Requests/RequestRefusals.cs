namespace Portal.Domain.Requests;

/// <summary>Another machine of the project has the name.</summary>
public sealed record NameTaken(string Name) : Refusal("name-taken", $"The name “{Name}” is taken by another machine of this project.", "Choose another name, or delete that machine first.", "machineName")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>What was picked from the catalog is not offered (any more).</summary>
/// <param name="Thing">image, flavor or network.</param>
/// <param name="Name">Its name, where it is still known.</param>
public sealed record NotOffered(string Thing, string? Name) : Refusal(Thing + "-gone", Name is null ? $"There is no such {Thing} in the catalog." : $"The {Thing} “{Name}” is no longer offered.", $"Choose another {Thing}.", Thing + "Id");

/// <summary>The flavor is too small for the image to boot.</summary>
public sealed record TooSmallForImage(string Image, string Problem) : Refusal("too-small-for-image", $"The image “{Image}” needs {Problem}.", "Choose a larger flavor.", "flavorId");

/// <summary>Every address of the network is held.</summary>
public sealed record NoFreeAddress(string Network) : Refusal("no-free-address", $"The network “{Network}” has no free address left.", "Choose another network, or delete a machine that is no longer needed.", "networkId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Somebody was faster: the request no longer waits.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="By">Who decided; null when it is not known.</param>
/// <param name="At">When.</param>
public sealed record AlreadyDecided(RequestStatus Status, string? By, DateTimeOffset At) : Refusal(
    "already-decided",
    $"This request no longer waits: it was {(Status == RequestStatus.Withdrawn ? "withdrawn" : Status == RequestStatus.Denied ? "denied" : "approved")}{(By is null ? "" : $" by {By}")} on {At.UtcDateTime:yyyy-MM-dd} at {At.UtcDateTime:HH:mm:ss} UTC.",
    "Nothing is left to do here; open the request to see what became of it.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>A rule of the policy refuses such requests. Nothing was taken.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Why">Its reason, in the words of who wrote the rule.</param>
public sealed record RefusedByPolicy(string Rule, string? Why) : Refusal(
    "refused-by-policy", $"The rule “{Rule}” refuses this{(Why is null ? "." : $": {Why}")}", "Ask for something else, or talk to an admin about the rule.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
