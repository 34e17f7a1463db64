using Portal.Domain;
using Portal.Domain.Operations;

namespace Portal.Web.Api;

/// <summary>How results of services become answers of the API.</summary>
public static class Answers
{
    /// <summary>The value, or why not.</summary>
    public static IResult Ok<T>(Result<T> result) => result.Match(value => Results.Ok(value), Problems.From);

    /// <summary>The thing, or that there is none the caller may see.</summary>
    public static IResult OkOrMissing<T>(T? found, string thing) where T : class => found is null ? Problems.From(new NotFound(thing)) : Results.Ok(found);

    /// <summary>What was made, and where it is.</summary>
    public static IResult Created<T>(Result<T> result, Func<T, string> where) => result.Match(value => Results.Created(where(value), value), Problems.From);

    /// <summary>Something was begun; the operation tells how it goes.</summary>
    public static IResult Begun(Result<OperationRow> result) =>
        result.Match(operation => Results.Accepted($"/api/v1/operations/{operation.Id}", operation), Problems.From);

    /// <summary>Done, with nothing to say.</summary>
    public static IResult Nothing<T>(Result<T> result) => result.Match(_ => Results.NoContent(), Problems.From);
}
