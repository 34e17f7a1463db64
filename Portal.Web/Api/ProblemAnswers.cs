namespace Portal.Web.Api;

/// <summary>Puts on every route which problems it can answer with, as far as its shape tells, for the document.</summary>
static class ProblemAnswers
{
    static readonly int[] Always = [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests, StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable];

    public static void Describe(EndpointBuilder endpoint)
    {
        var statuses = new SortedSet<int>(Always);
        if (endpoint is RouteEndpointBuilder { RoutePattern.Parameters.Count: > 0 })
            statuses.Add(StatusCodes.Status404NotFound);
        if (endpoint.Metadata.OfType<ListShape>().Any())
            statuses.Add(StatusCodes.Status400BadRequest);
        var reads = endpoint.Metadata.OfType<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>().Any();
        if (reads)
            statuses.UnionWith([StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]);
        if (reads || endpoint.Metadata.OfType<ChangesSomething>().Any())
            statuses.UnionWith([StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity]);
        foreach (var status in statuses)
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.MediaType]));
    }
}
