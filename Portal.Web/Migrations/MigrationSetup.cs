
namespace Portal.Web.Migrations;

/// <summary>Registers the stream of moves.</summary>
public static class MigrationSetup
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddPortalMigrations(this IServiceCollection services)
    {
        services.AddSingleton<MigrationBroadcaster>();
        services.AddSingleton<FleetWatch>();
        services.AddSignalR().AddJsonProtocol(json =>
        {
            json.PayloadSerializerOptions.DefaultIgnoreCondition = FrameCodec.Json.DefaultIgnoreCondition;
            json.PayloadSerializerOptions.PropertyNamingPolicy = FrameCodec.Json.PropertyNamingPolicy;
        });
        return services;
    }

    /// <summary>Maps the hub.</summary>
    public static void MapPortalMigrations(this IEndpointRouteBuilder app) => app.MapHub<MigrationHub>(MigrationHub.Path);
}
