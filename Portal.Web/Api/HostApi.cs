using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Web.Operations;

namespace Portal.Web.Api;

/// <summary>Hosts; adding and removing is for admins.</summary>
public static class HostApi
{
    internal static void MapHosts(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("/hosts");
        hosts.MapGet("", (Caller caller, HostService service, CancellationToken cancellationToken) => service.ListAsync(caller.Actor, cancellationToken)).WithSummary("Every host with its room.");
        hosts.MapGet("/{id:guid}", async (Guid id, Caller caller, HostService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.GetAsync(caller.Actor, id, cancellationToken), "host")).WithSummary("One host.");
        hosts.MapPost("/test", async (HostDraft draft, Caller caller, HostTester tester, CancellationToken cancellationToken) =>
            Answers.Ok(await tester.TestAsync(caller.Actor, draft, cancellationToken))).WithSummary("Tries a host and says what it can do; nothing is added.");
        hosts.MapPost("", async (HostDraft draft, Caller caller, HostTester tester, HostService service, CancellationToken cancellationToken) =>
            Answers.Created(await AddAsync(draft, caller.Actor, tester, service, cancellationToken), made => $"{ApiSetup.Root}/hosts/{made.Id}")).WithSummary("Tries a host and adds it.");
        hosts.MapDelete("/{id:guid}", async (Guid id, Caller caller, HostService service, CancellationToken cancellationToken) =>
            Answers.Nothing(await service.RemoveAsync(caller.Actor, id, cancellationToken))).WithSummary("Forgets a host on which no machine lives.");
    }

    private static async Task<Result<HostRow>> AddAsync(HostDraft draft, Actor actor, HostTester tester, HostService service, CancellationToken cancellationToken)
    {
        var tested = await tester.TestAsync(actor, draft, cancellationToken);
        return tested.IsOk ? await service.AddAsync(actor, draft, tested.Value, cancellationToken) : tested.Refusal;
    }
}
