using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;

namespace Portal.Web.Api;

/// <summary>A webhook to make.</summary>
/// <param name="Name">What people call it, 1 to 80 characters.</param>
/// <param name="Url">What is called: http or https, at most 500 characters.</param>
/// <param name="Kinds">With which kinds of notices.</param>
/// <param name="ProjectId">The project whose notices it is called with; the whole platform's when not said, which only admins may.</param>
/// <param name="IsEnabled">Whether it is called; true when not said.</param>
public sealed record WebhookBody(string Name, string Url, IReadOnlyList<NoticeKind> Kinds, Guid? ProjectId = null, bool IsEnabled = true);

/// <summary>What a webhook is to become.</summary>
/// <param name="Version">The version it was read with.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">What is called.</param>
/// <param name="Kinds">With which kinds of notices.</param>
/// <param name="IsEnabled">Whether it is called.</param>
public sealed record WebhookChange(uint Version, string Name, string Url, IReadOnlyList<NoticeKind> Kinds, bool IsEnabled);

/// <summary>A new secret to make.</summary>
/// <param name="OverlapHours">Hours in which calls are signed with the secret before as well: 0 to 168, 24 when not said.</param>
public sealed record RotateBody(int? OverlapHours = null);

/// <summary>A test that was put into the outbox.</summary>
/// <param name="DeliveryId">Its delivery.</param>
public sealed record PingAnswer(Guid DeliveryId);

/// <summary>Webhooks, and the log of what went out.</summary>
static class WebhookRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var hooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        hooks.MapGet("", ListAsync).WithSummary("The webhooks one may look after: an admin all, a project’s owners the project’s; auditors read all")
            .Lists(["name", "project", "changed", "enabled"], ListFilter.Id("project"), new ListFilter("enabled", ["yes", "no"]));
        hooks.MapPost("", CreateAsync).WithSummary("Make a webhook; its secret is in this answer and never again").Changes(secretReply: true);
        hooks.MapGet("/{id:guid}", GetAsync).WithSummary("A webhook, without its secret");
        hooks.MapPut("/{id:guid}", ChangeAsync).WithSummary("Change a webhook; refused when somebody else did since it was read").Changes();
        hooks.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Remove a webhook with its log").Changes();
        hooks.MapPost("/{id:guid}/rotate", RotateAsync).WithSummary("Give it a new secret, which is in this answer and never again").Changes(secretReply: true);
        hooks.MapPost("/{id:guid}/ping", PingAsync).WithSummary("Call it for a test").Changes();
        var deliveries = api.MapGroup("/deliveries").WithTags("Webhooks");
        deliveries.MapGet("", DeliveriesAsync).WithSummary("What went out or is to go out, newest first: for admins and auditors all, for a project’s owners the calls of its webhooks")
            .Lists(["at", "status", "tries", "tried", "duration"], ListFilter.Id("webhook"), ListFilter.Of<DeliveryChannel>("channel"), ListFilter.Of<DeliveryStatus>("status"), new ListFilter("kind", [.. Enum.GetNames<NoticeKind>(), DeliveryPayload.Ping, DeliveryPayload.AddressChanged]));
        deliveries.MapPost("/{id:guid}/redeliver", RedeliverAsync).WithSummary("Send what ended once more, under the same identifier").Changes();
    }

    static async Task<Ok<Page<WebhookView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, WebhookService hooks, CancellationToken ct) =>
        TypedResults.Ok(await hooks.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<NewWebhookSecret>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, WebhookBody body, WebhookService hooks, CancellationToken ct) =>
        (await hooks.CreateAsync(user.Actor(), body.ProjectId, new(body.Name, body.Url, body.Kinds, body.IsEnabled), ct)).Created(made => $"/webhooks/{made.Webhook.Id}");

    static async Task<Results<Ok<WebhookView>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, WebhookService hooks, CancellationToken ct) => (await hooks.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<WebhookView>, JsonHttpResult<Problem>>> ChangeAsync(ClaimsPrincipal user, Guid id, WebhookChange body, WebhookService hooks, CancellationToken ct) =>
        (await hooks.ChangeAsync(user.Actor(), id, body.Version, new(body.Name, body.Url, body.Kinds, body.IsEnabled), ct)).Ok();

    static async Task<Results<Ok<Done>, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, WebhookService hooks, CancellationToken ct) => (await hooks.DeleteAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<NewWebhookSecret>, JsonHttpResult<Problem>>> RotateAsync(ClaimsPrincipal user, Guid id, RotateBody body, WebhookService hooks, CancellationToken ct)
    {
        // Hours past what a TimeSpan holds are as much too long as an hour past the limit.
        var result = await hooks.RotateAsync(user.Actor(), id, TimeSpan.FromHours(Math.Clamp(body.OverlapHours ?? 24, -1, 100_000)), ct);
        return result.Refusal is { Field: "overlap" } refusal ? Problems.From(refusal with { Field = "overlapHours" }) : result.Ok();
    }

    static async Task<Results<Accepted<PingAnswer>, JsonHttpResult<Problem>>> PingAsync(ClaimsPrincipal user, Guid id, WebhookService hooks, CancellationToken ct)
    {
        var result = await hooks.PingAsync(user.Actor(), id, ct);
        return result.IsOk ? TypedResults.Accepted($"{ApiRoutes.Root}/deliveries?webhook={id}", new PingAnswer(result.Value)) : Problems.From(result.Refusal);
    }

    static async Task<Ok<Page<DeliveryView>>> DeliveriesAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, DeliveryService deliveries, CancellationToken ct) =>
        TypedResults.Ok(await deliveries.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<Done>, JsonHttpResult<Problem>>> RedeliverAsync(ClaimsPrincipal user, Guid id, DeliveryService deliveries, CancellationToken ct) => (await deliveries.RedeliverAsync(user.Actor(), id, ct)).Ok();
}
