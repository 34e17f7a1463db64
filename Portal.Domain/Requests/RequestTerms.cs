using System.Text.Json.Serialization;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>What a request asks for in figures, kept with it as one document for as long as the request is.</summary>
[JsonDerivedType(typeof(CreateTerms), "create")]
[JsonDerivedType(typeof(ResizeTerms), "resize")]
[JsonDerivedType(typeof(ExtendTerms), "extend")]
[JsonDerivedType(typeof(QuotaTerms), "quota")]
[JsonDerivedType(typeof(DeleteTerms), "delete")]
public abstract record RequestTerms;

/// <summary>A new machine.</summary>
/// <param name="Image">Title of the image.</param>
/// <param name="Flavor">Name of the flavor.</param>
/// <param name="Size">Its size.</param>
/// <param name="LeaseDays">How long, days; null: for ever.</param>
public sealed record CreateTerms(string Image, string Flavor, MachineSize Size, int? LeaseDays) : RequestTerms;

/// <summary>Another size.</summary>
/// <param name="From">The size when it was asked.</param>
/// <param name="To">The size wanted.</param>
public sealed record ResizeTerms(MachineSize From, MachineSize To) : RequestTerms;

/// <summary>A later end of the lease.</summary>
/// <param name="Days">By how much, days.</param>
/// <param name="From">The end when it was asked.</param>
/// <param name="To">The end wanted.</param>
public sealed record ExtendTerms(int Days, DateTimeOffset From, DateTimeOffset To) : RequestTerms;

/// <summary>Higher limits.</summary>
/// <param name="From">Limits when it was asked, of those that change.</param>
/// <param name="To">Limits wanted.</param>
public sealed record QuotaTerms(IReadOnlyDictionary<QuotaResource, long> From, IReadOnlyDictionary<QuotaResource, long> To) : RequestTerms;

/// <summary>The end of a protected machine.</summary>
/// <param name="Size">What comes free.</param>
public sealed record DeleteTerms(MachineSize Size) : RequestTerms;
