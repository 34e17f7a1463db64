using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>A project to make.</summary>
/// <param name="Name">Its name, at most 60 characters; no other project has it.</param>
/// <param name="Limits">How much of each resource it may hold; what is left out is 0.</param>
/// <param name="OwnerId">Who looks after it first; left out: nobody yet.</param>
public sealed record ProjectBody(string Name, IReadOnlyDictionary<QuotaResource, long>? Limits = null, Guid? OwnerId = null);

/// <summary>Another name for a project.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The project's version as it was read.</param>
public sealed record ProjectNameBody(string Name, uint Version);

/// <summary>Which row is meant.</summary>
/// <param name="Version">The project's version as it was read.</param>
public sealed record VersionBody(uint Version);

/// <summary>Projects, their limits, and what they can ask for.</summary>
static class ProjectRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var projects = api.MapGroup("/projects");
        projects.MapGet("", ListAsync).WithTags("Projects").WithSummary("The projects one may see, by name; archived ones only when the filter state names them")
            .Lists(["name", "members", "machines", "waiting", "created"], new ListFilter("state", ["active", "archived", "all"]), ListFilter.Of<ProjectRole>("role"));
        projects.MapPost("", CreateAsync).WithTags("Projects").WithSummary("Make a project with its limits; for admins").Changes();
        projects.MapGet("/{id:guid}", GetAsync).WithTags("Projects").WithSummary("A project, and what one may do with it");
        projects.MapPost("/{id:guid}/rename", RenameAsync).WithTags("Projects").WithSummary("Give a project another name; for its owners and admins").Changes();
        projects.MapPost("/{id:guid}/archive", ArchiveAsync).WithTags("Projects").WithSummary("Put an empty project away; for admins, again is fine").Changes();
        projects.MapPost("/{id:guid}/reopen", ReopenAsync).WithTags("Projects").WithSummary("Bring an archived project back; for admins, again is fine").Changes();
        projects.MapGet("/{id:guid}/quota", QuotaAsync).WithTags("Projects").WithSummary("A project's limits and what is held of them");
        projects.MapGet("/{id:guid}/catalog", CatalogAsync).WithTags("Catalog").WithSummary("Images, flavors and networks a project can ask for, and which flavors its limits have room for");
    }

    static async Task<Ok<Page<ProjectRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, ProjectService projects, CancellationToken ct) =>
        TypedResults.Ok(await projects.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<ProjectDetails>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, ProjectBody body, ProjectChanges changes, CancellationToken ct) =>
        (await changes.CreateAsync(user.Actor(), new ProjectDraft(body.Name, body.Limits ?? new Dictionary<QuotaResource, long>(), body.OwnerId), ct)).Created(made => $"/projects/{made.Project.Id}");

    static async Task<Results<Ok<ProjectDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, ProjectService projects, CancellationToken ct) =>
        (await projects.GetAsync(user.Actor(), id, ct)).OkOr404("project");

    static async Task<Results<Ok<ProjectDetails>, JsonHttpResult<Problem>>> RenameAsync(ClaimsPrincipal user, Guid id, ProjectNameBody body, ProjectChanges changes, CancellationToken ct) =>
        (await changes.RenameAsync(user.Actor(), id, body.Name, body.Version, ct)).Ok();

    static async Task<Results<Ok<ProjectDetails>, JsonHttpResult<Problem>>> ArchiveAsync(ClaimsPrincipal user, Guid id, VersionBody body, ProjectChanges changes, CancellationToken ct) =>
        (await changes.ArchiveAsync(user.Actor(), id, body.Version, ct)).Ok();

    static async Task<Results<Ok<ProjectDetails>, JsonHttpResult<Problem>>> ReopenAsync(ClaimsPrincipal user, Guid id, VersionBody body, ProjectChanges changes, CancellationToken ct) =>
        (await changes.ReopenAsync(user.Actor(), id, body.Version, ct)).Ok();

    static async Task<Results<Ok<ProjectQuota>, JsonHttpResult<Problem>>> QuotaAsync(ClaimsPrincipal user, Guid id, QuotaService quotas, CancellationToken ct) =>
        (await quotas.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<CatalogView>, JsonHttpResult<Problem>>> CatalogAsync(ClaimsPrincipal user, Guid id, CatalogService catalog, CancellationToken ct) =>
        (await catalog.GetAsync(user.Actor(), id, ct)).Ok();
}
