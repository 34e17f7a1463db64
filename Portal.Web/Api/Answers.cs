using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Web.Accounts;

namespace Portal.Web.Api;

/// <summary>Turns what the services give into answers, and the caller into an <see cref="Actor"/>.</summary>
static class Answers
{
    /// <summary>Who the call's token speaks for.</summary>
    public static Actor Actor(this ClaimsPrincipal user) => PortalClaims.ToActor(user);

    /// <summary>200 with the value, or the refusal.</summary>
    public static Results<Ok<T>, JsonHttpResult<Problem>> Ok<T>(this Result<T> result) => result.IsOk ? TypedResults.Ok(result.Value) : Problems.From(result.Refusal);

    /// <summary>200 with the thing, or 404.</summary>
    public static Results<Ok<T>, JsonHttpResult<Problem>> OkOr404<T>(this T? thing, string what) where T : class => thing is null ? Problems.NotFound(what) : TypedResults.Ok(thing);

    /// <summary>201 with the thing made and where it is, or the refusal.</summary>
    public static Results<Created<T>, JsonHttpResult<Problem>> Created<T>(this Result<T> result, Func<T, string> where) =>
        result.IsOk ? TypedResults.Created(ApiRoutes.Root + where(result.Value), result.Value) : Problems.From(result.Refusal);

    /// <summary>202 with the order taken and where to follow it, or the refusal.</summary>
    public static Results<Accepted<T>, JsonHttpResult<Problem>> Accepted<T>(this Result<T> result, Func<T, string> where) =>
        result.IsOk ? TypedResults.Accepted(ApiRoutes.Root + where(result.Value), result.Value) : Problems.From(result.Refusal);

    /// <summary>Everything there is, as one page.</summary>
    public static Ok<Page<T>> Whole<T>(this IReadOnlyList<T> items) => TypedResults.Ok(new Page<T>(items, items.Count));
}
