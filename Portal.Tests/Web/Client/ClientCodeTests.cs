using System.Diagnostics;

namespace Portal.Tests.Web.Client;

public class ClientCodeTests
{
    [Fact]
    public async Task The_browsers_own_code_passes_its_own_tests()
    {
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("npm")
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.Combine(Repository.Root, "Portal.Web", "Client"),
        };
        foreach (var argument in (string[])["run", "--silent", "test"])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start).ShouldNotBeNull();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        process.ExitCode.ShouldBe(0, await output + await errors);
    }
}
