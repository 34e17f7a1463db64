namespace Portal.Domain.Requests;

/// <summary>What a person fills in to ask for a machine.</summary>
/// <param name="ProjectId">The project that pays with its quota.</param>
/// <param name="MachineName">The machine's name: an RFC 1123 label, at most 40 characters.</param>
/// <param name="ImageId">The image it is cloned from.</param>
/// <param name="FlavorId">Its size.</param>
/// <param name="NetworkId">The network it gets an address on.</param>
/// <param name="SshKey">The public key that may log in, one line.</param>
/// <param name="Why">What it is for, for who decides; at most 1000 characters.</param>
public sealed record RequestDraft(Guid ProjectId, string MachineName, Guid ImageId, Guid FlavorId, Guid NetworkId, string SshKey, string? Why);
