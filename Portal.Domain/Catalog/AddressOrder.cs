using System.Net;
using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Catalog;

/// <summary>Addresses in their own order, 10.0.0.9 before 10.0.0.10, although their columns hold text.</summary>
static class AddressOrder
{
    /// <summary>PostgreSQL's <c>inet(text)</c>; only in a query.</summary>
    public static IPAddress Inet(IPAddress column) => throw new InvalidOperationException($"{column} can only be ordered by the database.");

    /// <summary>Tells EF Core how the function is written.</summary>
    public static void Configure(ModelBuilder builder) =>
        builder.HasDbFunction(typeof(AddressOrder).GetMethod(nameof(Inet))!).HasName("inet").IsBuiltIn();
}
