namespace Portal.Domain.Machines;

/// <content>The words its people put on it.</content>
public sealed partial class Machine
{
    /// <summary>Its tags, as <see cref="MachineTags"/> reads them.</summary>
    public string[] Tags { get; private set; } = [];

    internal void Tag(string[] tags) => Tags = tags;
}
