namespace Portal.Web.Setup;

/// <summary>A setting is missing or wrong. The message names it and says what to put there.</summary>
public sealed class SettingsException(string message) : Exception(message);
