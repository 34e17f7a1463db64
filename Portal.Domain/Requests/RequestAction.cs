using Portal.Domain.Machines;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A draft that was found good, with everything it needs already held in the transaction.</summary>
/// <param name="ProjectId">The project that pays.</param>
/// <param name="Machine">The machine it is about; null when it is about the project.</param>
/// <param name="Subject">The name of what it is about.</param>
/// <param name="Terms">What is asked for.</param>
/// <param name="Holds">What of the quota it holds while it waits.</param>
/// <param name="Facts">What policy looks at.</param>
/// <param name="ImageId">The image, for a new machine.</param>
/// <param name="FlavorId">The flavor, for a new machine.</param>
sealed record Prepared(Guid ProjectId, Machine? Machine, string Subject, RequestTerms Terms, QuotaAmounts Holds, RequestFacts Facts, Guid? ImageId = null, Guid? FlavorId = null);

/// <summary>
/// What one kind of request means: what it needs, and what a yes or a no does. Everything runs in the caller's transaction, which it
/// never ends; after a refusal the caller rolls back.
/// </summary>
abstract class RequestAction
{
    /// <summary>The kind.</summary>
    public abstract RequestKind Kind { get; }

    /// <summary>Whether a draft is of this kind.</summary>
    public abstract bool Takes(Draft draft);

    /// <summary>Checks a draft and who asks, and holds what it needs: quota, name, address.</summary>
    public abstract Task<Result<Prepared>> PrepareAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct);

    /// <summary>Does what was asked for, or writes the operation that does. The request was just decided; what it holds stays held until it is done.</summary>
    public abstract Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct);

    /// <summary>Gives back what a request held that came to nothing.</summary>
    public virtual Task LetGoAsync(PortalDbContext db, Request request, string reason, DateTimeOffset now, CancellationToken ct) =>
        QuotaBooks.ReleaseReservedAsync(db, request.ProjectId, request.RequesterId, request.Holds, ct);

    /// <summary>What would refuse a yes as things are.</summary>
    public virtual Task<IReadOnlyList<Refusal>> ProblemsAsync(PortalDbContext db, Request request, CancellationToken ct) => Task.FromResult<IReadOnlyList<Refusal>>([]);
}
