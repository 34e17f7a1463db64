using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Portal.Web.Setup;

/// <summary>Builds the web process and runs it until it is told to stop.</summary>
public static class Server
{
    /// <summary>Serves; the return value is the process's exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await app.RunAsync();
            return ExitCodes.Fine;
        }
        catch (SettingsException wrong)
        {
            return Verbs.Misconfigured(wrong.Message);
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{fault.Message.TrimEnd('.')}. Stop what listens there, or choose another address with ASPNETCORE_URLS (for example http://127.0.0.1:8081).");
            return ExitCodes.AddressInUse;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable)
        {
            await Console.Error.WriteLineAsync($"Cannot listen: {fault.Message}. Choose another address with ASPNETCORE_URLS (for example http://127.0.0.1:8081).");
            return ExitCodes.AddressInUse;
        }
    }

    /// <summary>Builds the application without starting it.</summary>
    /// <exception cref="SettingsException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        // The files beside the program, wherever it was started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
        });

        builder.AddPortal(Settings.From(builder.Configuration));
        var app = builder.Build();
        app.UsePortal();
        return app;
    }
}
