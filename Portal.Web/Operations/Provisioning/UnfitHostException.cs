namespace Portal.Web.Operations.Provisioning;

/// <summary>The chosen host answers but cannot make this machine; another one may.</summary>
public sealed class UnfitHostException(string message) : Exception(message);
