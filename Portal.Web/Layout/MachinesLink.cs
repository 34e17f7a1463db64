using Microsoft.AspNetCore.Components.Routing;

namespace Portal.Web.Layout;

/// <summary>The link to the machines, which is not lit on "New machine": that one has a link of its own.</summary>
public sealed class MachinesLink : NavLink
{
    /// <inheritdoc />
    protected override bool ShouldMatch(string uriAbsolute) =>
        base.ShouldMatch(uriAbsolute) && !new Uri(uriAbsolute).AbsolutePath.Equals("/machines/new", StringComparison.OrdinalIgnoreCase);
}
