using Portal.Domain.MovePolicies;
using Portal.Web.Controls;

namespace Portal.Web.MovePolicies;

/// <summary>Policies for moves in plain words, made from their figures.</summary>
static class MovePolicyWords
{
    /// <summary>What is done when no allowed pause will do.</summary>
    public static string Of(MoveEnding ending) => ending switch
    {
        MoveEnding.GiveUp => "Stays where it is",
        MoveEnding.PostCopy => "Goes on there before its memory",
        MoveEnding.PauseAndFinish => "Is paused and finished",
    };

    /// <summary>What comes of a policy.</summary>
    public static string Means(MovePolicyTerms terms)
    {
        var slowed = terms.MaySlow
            ? "If the machine writes faster than the network carries, its processors are slowed step by step while memory is copied."
            : "The machine is never slowed.";
        return $"{slowed} It is paused for at most {Format.Ms(terms.LongestPauseMs)}. {Ending(terms)} The copy takes {Length(terms.LongestSeconds)} at most.";
    }

    static string Ending(MovePolicyTerms terms)
    {
        var when = terms.PatienceSeconds == 0 ? "As soon as copying again no longer brings it there" : $"If no such pause will do for {Length(terms.PatienceSeconds)}";
        return terms.Ending switch
        {
            MoveEnding.GiveUp => $"{when}, the move is given up and it stays where it is.",
            MoveEnding.PostCopy => $"{when}, it goes on there before its memory and is slow until that has arrived; where the hosts cannot do that, it is paused instead.",
            MoveEnding.PauseAndFinish => $"{when}, it is paused and the rest is sent, which can take seconds, whatever was promised.",
        };
    }

    static string Length(int seconds) => Format.Duration(TimeSpan.FromSeconds(seconds));
}
