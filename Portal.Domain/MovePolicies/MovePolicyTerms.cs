namespace Portal.Domain.MovePolicies;

/// <summary>What is done with a live move that no allowed pause would end.</summary>
public enum MoveEnding
{
    /// <summary>It is given up; the machine stays where it is.</summary>
    GiveUp,

    /// <summary>The machine goes on at the destination and its memory follows; where the hosts cannot do that, it is paused and finished.</summary>
    PostCopy,

    /// <summary>The machine stands still while the rest of its memory is sent.</summary>
    PauseAndFinish,
}

/// <summary>How much of a machine's comfort a live move may take to come to its end: the figures of a policy.</summary>
/// <param name="MaySlow">Whether the machine's processors may be slowed when it writes too fast.</param>
/// <param name="Ending">What is done when no allowed pause will do.</param>
/// <param name="PatienceSeconds">How long no allowed pause has to do before that, s.</param>
/// <param name="LongestPauseMs">The longest pause that is allowed, ms; a stricter objective of a move goes before it.</param>
/// <param name="LongestSeconds">The longest the copy may take, s.</param>
public sealed record MovePolicyTerms(bool MaySlow, MoveEnding Ending, int PatienceSeconds, int LongestPauseMs, int LongestSeconds)
{
    /// <summary>The least and the most of each figure: below them nothing moves, beyond them nobody waits.</summary>
    public const int MostPatience = 3600, LeastPauseMs = 10, MostPauseMs = 60_000, LeastSeconds = 30, MostSeconds = 86_400;

    /// <summary>Why these figures make no sense, or null.</summary>
    public InvalidText? Check() => this switch
    {
        { Ending: var ending } when !Enum.IsDefined(ending) => new("ending", "There is no such way to end.", "Give one of GiveUp, PostCopy and PauseAndFinish."),
        { PatienceSeconds: < 0 or > MostPatience } => new("patienceSeconds", $"A patience of {PatienceSeconds} s makes no sense.", $"Give 0 to {MostPatience} s."),
        { LongestPauseMs: < LeastPauseMs or > MostPauseMs } => new("longestPauseMs", $"A longest pause of {LongestPauseMs} ms makes no sense.", $"Give {LeastPauseMs} to {MostPauseMs} ms."),
        { LongestSeconds: < LeastSeconds or > MostSeconds } => new("longestSeconds", $"A longest time of {LongestSeconds} s makes no sense.", $"Give {LeastSeconds} to {MostSeconds} s."),
        _ when PatienceSeconds >= LongestSeconds => new("patienceSeconds", $"A patience of {PatienceSeconds} s would never end within {LongestSeconds} s.", $"Give less than {LongestSeconds} s, or a longer time."),
        _ => null,
    };
}

/// <summary>A policy that an admin made, as it was when a move was ordered by it.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Terms">Its figures then.</param>
public sealed record MadePolicy(Guid Id, string Name, MovePolicyTerms Terms);
