using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Portal.Domain;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests;

/// <summary>The rules of docs/architecture.md that a compiler does not check.</summary>
public class Architecture
{
    const string DomainLayer = "Portal.Domain";
    const string HypervisorLayer = "Portal.Hypervisor";
    const string WebLayer = "Portal.Web";

    /// <summary>The one place where the two sides meet, and the composition that hands it its parts.</summary>
    static readonly string[] Joints = ["Portal.Web.Operations", "Portal.Web.Setup"];

    static readonly Lazy<ILookup<string, string>> Dependencies = new(() => new ArchLoader()
        .LoadAssemblies(typeof(PortalDbContext).Assembly, typeof(HostEndpoint).Assembly, typeof(Program).Assembly).Build()
        .Types.Where(type => Layer(type) is not null)
        .SelectMany(type => type.Dependencies.Select(dependency => dependency.Target).Where(target => Layer(target) is not null).Select(target => (From: Outermost(type), To: target)))
        .ToLookup(pair => pair.From, pair => pair.To.FullName));

    [Fact]
    public void Domain_knows_neither_the_hypervisor_nor_the_web() => Uses(DomainLayer, HypervisorLayer, WebLayer).ShouldBeEmpty();

    [Fact]
    public void Hypervisor_knows_neither_the_domain_nor_the_web() => Uses(HypervisorLayer, DomainLayer, WebLayer).ShouldBeEmpty();

    [Fact]
    public void Hypervisor_needs_no_database_and_no_web_server() => typeof(HostEndpoint).Assembly.GetReferencedAssemblies().Select(a => a.Name ?? "")
        .Where(name => name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Npgsql", StringComparison.Ordinal))
        .ShouldBeEmpty();

    [Fact]
    public void Only_operations_join_domain_and_hypervisor()
    {
        var joining = Dependencies.Value.Where(type => In(type.Key, WebLayer) && type.Any(to => In(to, DomainLayer)) && type.Any(to => In(to, HypervisorLayer))).Select(type => type.Key).ToList();

        // Proof that the rule sees: somewhere the two sides do meet.
        joining.ShouldContain(type => In(type, Joints[0]));
        joining.Where(type => type != nameof(Program) && !Joints.Any(joint => In(type, joint))).ShouldBeEmpty();
    }

    [Fact]
    public void The_rules_see_what_the_web_uses()
    {
        Uses(WebLayer, DomainLayer).ShouldNotBeEmpty();
        Uses(WebLayer, HypervisorLayer).ShouldNotBeEmpty();
    }

    /// <summary>Uses of some layers from another, as “type → type”.</summary>
    static IEnumerable<string> Uses(string layer, params string[] others) =>
        from type in Dependencies.Value
        where In(type.Key, layer)
        from target in type
        where others.Any(other => In(target, other))
        select $"{type.Key} → {target}";

    static bool In(string name, string space) => name.StartsWith(space + ".", StringComparison.Ordinal);

    static string? Layer(IType type) => new[] { DomainLayer, HypervisorLayer, WebLayer }.FirstOrDefault(layer => In(type.FullName, layer)) ?? (type.FullName == nameof(Program) ? WebLayer : null);

    /// <summary>Closures and state machines count for the type they were written in.</summary>
    static string Outermost(IType type) => type.FullName.Split('+')[0];
}
