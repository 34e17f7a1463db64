using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Migrations;
using Portal.Web.Operations;

namespace Portal.Web.Api;

/// <summary>A host to add.</summary>
/// <param name="Name">Name shown to people: letters, digits, dots and dashes, at most 60.</param>
/// <param name="Uri">Its libvirt connection URI.</param>
/// <param name="Pool">Storage pool that holds disks and images.</param>
/// <param name="Address">IP address other hosts reach it by; left out: taken from the URI.</param>
public sealed record HostBody(string Name, string Uri, string Pool, string? Address = null);

/// <summary>A connection to try.</summary>
/// <param name="Uri">The libvirt connection URI.</param>
/// <param name="Pool">Storage pool it must have, and active; left out: any will do.</param>
public sealed record HostTestBody(string Uri, string? Pool = null);

/// <summary>An address that moves are to use.</summary>
/// <param name="Address">An IP address of the host.</param>
/// <param name="FromHostId">The host that sends; left out: all that have none of their own.</param>
public sealed record NetworkBody(string Address, Guid? FromHostId = null);

/// <summary>Hosts.</summary>
static class HostRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/capacity", CapacityAsync).WithTags("Hosts").WithSummary("Room on every host, now and after everything that waits was placed");
        var hosts = api.MapGroup("/hosts").WithTags("Hosts");
        hosts.MapGet("", ListAsync).WithSummary("Every host by name; how it is reached only for those who look after hosts");
        hosts.MapPost("", AddAsync).WithSummary("Add a host; it is connected to first, and refused when it does not answer or lacks the storage pool").Changes();
        hosts.MapPost("/test", TestAsync).WithSummary("Connect to a host and say what it is; adds nothing");
        hosts.MapGet("/{id:guid}", GetAsync).WithSummary("A host");
        hosts.MapGet("/{id:guid}/networks", NetworksAsync).WithSummary("The addresses of a host that memory and disks are sent to, where they are not the one hosts reach it by otherwise");
        hosts.MapPut("/{id:guid}/networks", LeadAsync).WithSummary("Set the address moves to a host use, from one host or from all; tried between the hosts first, and refused when it does not work").Changes();
        hosts.MapDelete("/{id:guid}/networks", UnleadAsync).WithSummary("Let moves to a host use the address hosts reach it by again").Changes();
        hosts.MapDelete("/{id:guid}", RemoveAsync).WithSummary("Forget a host on which no machine lives; the host itself is left as it is").Changes();
    }

    static async Task<Ok<CapacityForecast>> CapacityAsync(HostService hosts, CancellationToken ct) => TypedResults.Ok(await hosts.CapacityAsync(ct));

    static async Task<Ok<Page<HostRow>>> ListAsync(ClaimsPrincipal user, HostService hosts, CancellationToken ct) => (await hosts.ListAsync(user.Actor(), ct)).Whole();

    static async Task<Results<Ok<HostRow>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, HostService hosts, CancellationToken ct) =>
        (await hosts.GetAsync(user.Actor(), id, ct)).OkOr404("host");

    static async Task<Results<Ok<HostReport>, JsonHttpResult<Problem>>> TestAsync(ClaimsPrincipal user, HostTestBody body, HostTester tester, CancellationToken ct) =>
        (body.Pool is { } pool ? await tester.TestAsync(user.Actor(), new HostDraft("test", body.Uri, null, pool), ct) : await tester.TestAsync(user.Actor(), body.Uri, ct)).Ok();

    static async Task<Results<Created<HostRow>, JsonHttpResult<Problem>>> AddAsync(ClaimsPrincipal user, HostBody body, HostTester tester, HostService hosts, CancellationToken ct)
    {
        var draft = new HostDraft(body.Name, body.Uri, body.Address, body.Pool);
        var tested = await tester.TestAsync(user.Actor(), draft, ct);
        return tested.IsOk ? (await hosts.AddAsync(user.Actor(), draft, tested.Value, ct)).Created(host => $"/hosts/{host.Id}") : Problems.From(tested.Refusal);
    }

    static async Task<Results<Ok<IReadOnlyList<MigrationNetworkRow>>, JsonHttpResult<Problem>>> NetworksAsync(ClaimsPrincipal user, Guid id, MigrationNetworkService networks, CancellationToken ct) =>
        (await networks.ListAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<MigrationNetworkRow>, JsonHttpResult<Problem>>> LeadAsync(
        ClaimsPrincipal user, Guid id, NetworkBody body, RouteTester tester, MigrationNetworkService networks, CancellationToken ct) =>
        await tester.TestAsync(user.Actor(), id, body.FromHostId, body.Address, ct) is { } refusal
            ? Problems.From(refusal)
            : (await networks.SetAsync(user.Actor(), id, body.FromHostId, body.Address, ct)).Ok();

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> UnleadAsync(ClaimsPrincipal user, Guid id, Guid? fromHostId, MigrationNetworkService networks, CancellationToken ct) =>
        (await networks.RemoveAsync(user.Actor(), id, fromHostId, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> RemoveAsync(ClaimsPrincipal user, Guid id, HostService hosts, CancellationToken ct) =>
        (await hosts.RemoveAsync(user.Actor(), id, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();
}
