using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>Projects, their limits, and what they can ask for.</summary>
public static class ProjectApi
{
    internal static void MapProjects(this IEndpointRouteBuilder api)
    {
        api.MapGet("/projects", (Caller caller, ProjectService projects, CancellationToken cancellationToken) =>
            projects.ListMineAsync(caller.Actor, cancellationToken)).WithSummary("The projects one may see.");
        api.MapGet("/projects/{id:guid}/quota", async (Guid id, Caller caller, QuotaService quota, CancellationToken cancellationToken) =>
            Answers.Ok(await quota.GetAsync(caller.Actor, id, cancellationToken))).WithSummary("A project's limits and what is held of them.");
        api.MapGet("/projects/{id:guid}/catalog", async (Guid id, Caller caller, CatalogService catalog, CancellationToken cancellationToken) =>
            Answers.Ok(await catalog.GetAsync(caller.Actor, id, cancellationToken))).WithSummary("Images, flavors and networks a project can ask for.");
        api.MapGet("/capacity", (HostService hosts, CancellationToken cancellationToken) =>
            hosts.CapacityAsync(cancellationToken)).WithSummary("Room on every host, now and after everything that waits was placed.");
    }
}
