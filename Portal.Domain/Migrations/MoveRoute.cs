namespace Portal.Domain.Migrations;

/// <summary>From which host to which, as a filter says it: two identifiers with a comma between.</summary>
sealed record MoveRoute(Guid From, Guid To)
{
    // Text that is no route finds nothing, rather than everything.
    static readonly MoveRoute Nowhere = new(Guid.AllBitsSet, Guid.AllBitsSet);

    /// <summary>The route that is asked for; null when none is.</summary>
    public static MoveRoute? Of(ListQuery query) => query.Filter("route") switch
    {
        null => null,
        var text => text.Split(',') is [var from, var to] && Guid.TryParse(from, out var source) && Guid.TryParse(to, out var destination) ? new(source, destination) : Nowhere,
    };
}
