using System.Globalization;
using Portal.Domain.Machines;
using Portal.Domain.Notices;

namespace Portal.Domain.Leases;

/// <summary>What people are told at each step of a lease.</summary>
static class LeaseWords
{
    public static Notice Warned(Machine machine, int days) => machine.LeaseStage == LeaseStage.Grace
        ? Of(machine, NoticeKind.LeaseEnded, $"{machine.Name} is deleted in {Days(days)}", $"It is shut down and kept until {Moment(machine.GraceUntil)}. Extend its lease to keep it; after that it and its disk are gone for good.")
        : Of(machine, NoticeKind.LeaseEnding, $"The lease of {machine.Name} ends in {Days(days)}", $"It ends on {Moment(machine.LeaseEndsAt)}. The machine is shut down then. Extend its lease if you still need it.");

    public static Notice Ended(Machine machine) =>
        Of(machine, NoticeKind.LeaseEnded, $"The lease of {machine.Name} has ended", "It is shut down now and kept for a while with its disk and address. Extend its lease to have it back.");

    public static Notice Kept(Machine machine) =>
        Of(machine, NoticeKind.LeaseEnded, $"{machine.Name} is shut down and kept until {Moment(machine.GraceUntil)}", "Extend its lease to start it again; after that it and its disk are deleted for good.");

    public static Notice Deleted(Machine machine) =>
        Of(machine, NoticeKind.LeaseEnded, $"{machine.Name} is being deleted: its days of grace are over", "Its name, address and quota are free again in a moment. Ask for a new machine if you need one.");

    public static Notice Spared(Machine machine) =>
        Of(machine, NoticeKind.LeaseEnded, $"{machine.Name} is kept although its days of grace are over: it is protected", "Take the protection off to have it deleted, or extend its lease to use it again.");

    static Notice Of(Machine machine, NoticeKind kind, string title, string body) => new(kind, title, body, $"/machines/{machine.Id}", machine.Id, machine.ProjectId);

    static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    static string Moment(DateTimeOffset? at) => at!.Value.UtcDateTime.ToString("d MMM yyyy 'at' HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
