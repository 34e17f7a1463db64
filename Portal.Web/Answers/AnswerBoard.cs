using System.Collections.Concurrent;

namespace Portal.Web.Answers;

/// <summary>
/// Which machines answer, as this process last heard it. Kept in memory only: it changes every second, is worth nothing a minute later,
/// and every replica hears it for itself.
/// </summary>
public sealed class AnswerBoard(TimeProvider time)
{
    readonly ConcurrentDictionary<Guid, MachineAnswer> _answers = new();

    /// <summary>Raised about once a second, after the round of pings.</summary>
    public event Action? RoundEnded;

    /// <summary>Why nothing can be known here; null when it can.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Machines that are silent and should not be.</summary>
    public IReadOnlyList<Guid> InTrouble
    {
        get
        {
            var now = time.GetUtcNow();
            return [.. _answers.Where(entry => entry.Value.IsTrouble(now)).Select(entry => entry.Key).Order()];
        }
    }

    /// <summary>What was heard of a machine; null when it is not asked: it is not supposed to run.</summary>
    public MachineAnswer? Of(Guid machine) => _answers.GetValueOrDefault(machine);

    /// <summary>A machine is asked from now on.</summary>
    public void Watch(Guid machine) => _answers.TryAdd(machine, new MachineAnswer(Answers: false, time.GetUtcNow()));

    /// <summary>A machine is asked no more.</summary>
    public void Forget(Guid machine) => _answers.TryRemove(machine, out _);

    /// <summary>Takes note of one ping; one that was under way when its machine was forgotten is not.</summary>
    public void Tell(Guid machine, DateTimeOffset at, double? rttMs)
    {
        if (_answers.TryGetValue(machine, out var before))
            _answers.TryUpdate(machine, before.After(at, rttMs), before);
    }

    /// <summary>A round of pings ended: those who show it may look.</summary>
    public void EndRound() => RoundEnded?.Invoke();

    /// <summary>This process may not ping.</summary>
    public void CannotKnow(string why) => WhyNot = why;
}
