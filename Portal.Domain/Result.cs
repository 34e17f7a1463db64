using System.Diagnostics.CodeAnalysis;

namespace Portal.Domain;

/// <summary>Either a value or the <see cref="Domain.Refusal"/> that says why there is none.</summary>
/// <typeparam name="T">What a yes gives.</typeparam>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Implicit conversions are the point: return the value or the refusal.")]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Results are taken apart, not compared.")]
public readonly struct Result<T>
{
    readonly T? value;

    Result(T? value, Refusal? refusal) => (this.value, Refusal) = (value, refusal);

    /// <summary>Why not; null on a yes.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Whether the answer is yes.</summary>
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk => Refusal is null;

    /// <summary>The value of a yes.</summary>
    /// <exception cref="InvalidOperationException">The answer was no; the refusal's words are in the message.</exception>
    public T Value => IsOk ? value! : throw new InvalidOperationException($"Refused ({Refusal.Code}): {Refusal.Message}");

    /// <summary>One answer from both cases.</summary>
    public TOut Match<TOut>(Func<T, TOut> ok, Func<Refusal, TOut> refused) => IsOk ? ok(value!) : refused(Refusal);

    /// <summary>Yes, with a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>No, and why.</summary>
    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>The value of a yes that has nothing more to say.</summary>
public sealed record Done
{
    /// <summary>The only one.</summary>
    public static Done Value { get; } = new();
}
