namespace Portal.Web.Operations.Snapshots;

/// <summary>The host says otherwise than the books: the machine is not off there, or what is to be copied is gone.</summary>
public sealed class NotAtRestException(string message) : Exception(message);
