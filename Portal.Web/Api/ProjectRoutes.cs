using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>Projects, their limits, and what they can ask for.</summary>
static class ProjectRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var projects = api.MapGroup("/projects");
        projects.MapGet("", ListAsync).WithTags("Projects").WithSummary("The projects one may see, by name");
        projects.MapGet("/{id:guid}/quota", QuotaAsync).WithTags("Projects").WithSummary("A project's limits and what is held of them");
        projects.MapGet("/{id:guid}/catalog", CatalogAsync).WithTags("Catalog").WithSummary("Images, flavors and networks a project can ask for, and which flavors its limits have room for");
    }

    static async Task<Ok<Page<ProjectView>>> ListAsync(ClaimsPrincipal user, ProjectService projects, CancellationToken ct) => (await projects.ListMineAsync(user.Actor(), ct)).Whole();

    static async Task<Results<Ok<ProjectQuota>, JsonHttpResult<Problem>>> QuotaAsync(ClaimsPrincipal user, Guid id, QuotaService quotas, CancellationToken ct) =>
        (await quotas.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<CatalogView>, JsonHttpResult<Problem>>> CatalogAsync(ClaimsPrincipal user, Guid id, CatalogService catalog, CancellationToken ct) =>
        (await catalog.GetAsync(user.Actor(), id, ct)).Ok();
}
