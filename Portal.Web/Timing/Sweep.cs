namespace Portal.Web.Timing;

/// <summary>
/// Something that is to be looked at again and again. It takes what is due from the database under locks, so that it does no harm to run it late,
/// twice, or in two processes at once.
/// </summary>
/// <param name="Name">Its name in the trigger store; lower case.</param>
/// <param name="Every">How often.</param>
/// <param name="RunAsync">Does everything that is due.</param>
public sealed record Sweep(string Name, TimeSpan Every, Func<IServiceProvider, DateTimeOffset, CancellationToken, Task> RunAsync);
