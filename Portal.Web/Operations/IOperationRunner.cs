using Portal.Domain.Operations;

namespace Portal.Web.Operations;

/// <summary>
/// Carries out one kind of operation. It may be called again for an operation that an earlier process began: it looks at the
/// hypervisor's truth, then acts. It ends the operation itself, together with the machine's books.
/// </summary>
public interface IOperationRunner
{
    /// <summary>The kind it carries out.</summary>
    OperationKind Kind { get; }

    /// <summary>Carries the operation out, or undoes it when <see cref="OperationRun.Cancel"/> asks for that in time.</summary>
    /// <param name="run">The operation, held by this worker.</param>
    /// <param name="abandon">Drop everything and undo nothing: the process stops, or another worker holds the operation now.</param>
    Task RunAsync(OperationRun run, CancellationToken abandon);
}
