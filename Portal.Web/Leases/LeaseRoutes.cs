using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Web.Api;

namespace Portal.Web.Leases;

/// <summary>Lease terms to set.</summary>
/// <param name="Terms">The terms; null: none of its own.</param>
/// <param name="Version">The version that was read; 0 where there were none of its own.</param>
public sealed record LeaseTermsBody(LeaseTerms? Terms, uint Version);

/// <summary>The end of a lease after it was moved.</summary>
/// <param name="EndsAt">When it ends now.</param>
public sealed record LeaseKept(DateTimeOffset EndsAt);

/// <summary>Leases of machines and the terms of projects and platform.</summary>
static class LeaseRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/machines/{id:guid}/lease", GetAsync).WithTags("Leases").WithSummary("A machine's lease, and what its terms say");
        api.MapPost("/machines/{id:guid}/lease/keep", KeepAsync).WithTags("Leases").WithSummary("Take the end of a lease back while the machine is being shut down or kept; for owners").Changes();
        api.MapGet("/projects/{id:guid}/lease-terms", ProjectAsync).WithTags("Leases").WithSummary("A project's lease terms");
        api.MapPut("/projects/{id:guid}/lease-terms", SetProjectAsync).WithTags("Leases").WithSummary("Set a project's lease terms, or with null take over the platform's; for admins").Changes();
        api.MapGet("/lease-terms", PlatformAsync).WithTags("Leases").WithSummary("The platform's lease terms");
        api.MapPut("/lease-terms", SetPlatformAsync).WithTags("Leases").WithSummary("Set the platform's lease terms, or with null the built-in ones; for admins").Changes();
    }

    static async Task<Results<Ok<LeaseDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, LeaseService leases, CancellationToken ct) =>
        (await leases.GetAsync(user.Actor(), id, ct)).OkOr404("machine");

    static async Task<Results<Ok<LeaseKept>, JsonHttpResult<Problem>>> KeepAsync(ClaimsPrincipal user, Guid id, LeaseService leases, CancellationToken ct) =>
        (await leases.KeepAsync(user.Actor(), id, ct)).Match<Result<LeaseKept>>(end => new LeaseKept(end), refusal => refusal).Ok();

    static async Task<Results<Ok<LeaseTermsView>, JsonHttpResult<Problem>>> ProjectAsync(ClaimsPrincipal user, Guid id, LeaseService leases, CancellationToken ct) =>
        (await leases.TermsAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<LeaseTermsView>, JsonHttpResult<Problem>>> SetProjectAsync(ClaimsPrincipal user, Guid id, LeaseTermsBody body, LeaseService leases, CancellationToken ct) =>
        (await leases.SetTermsAsync(user.Actor(), id, body.Terms, body.Version, ct)).Ok();

    static async Task<Results<Ok<LeaseTermsView>, JsonHttpResult<Problem>>> PlatformAsync(ClaimsPrincipal user, LeaseService leases, CancellationToken ct) =>
        (await leases.TermsAsync(user.Actor(), null, ct)).Ok();

    static async Task<Results<Ok<LeaseTermsView>, JsonHttpResult<Problem>>> SetPlatformAsync(ClaimsPrincipal user, LeaseTermsBody body, LeaseService leases, CancellationToken ct) =>
        (await leases.SetTermsAsync(user.Actor(), null, body.Terms, body.Version, ct)).Ok();
}
