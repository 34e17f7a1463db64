using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Hosts;
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

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> RemoveAsync(ClaimsPrincipal user, Guid id, HostService hosts, CancellationToken ct) =>
        (await hosts.RemoveAsync(user.Actor(), id, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();
}
