namespace Portal.Tests;

/// <summary>Where the sources are, for tests that compare files with each other.</summary>
static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Portal.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("Portal.sln is in no folder above the tests.");
    }
}
