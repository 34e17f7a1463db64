using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using Portal.Web.Answers;
using Portal.Web.Controls;
using Portal.Web.Operations;
using Portal.Web.Overview;
using Portal.Web.Schedules;

namespace Portal.Web.Layout;

/// <summary>What the pages need from the container.</summary>
public static class PortalPages
{
    /// <summary>Registers MudBlazor and the per-circuit state of the frame.</summary>
    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.PreventDuplicates = true;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
            options.SnackbarConfiguration.ShowTransitionDuration = 120;
            options.SnackbarConfiguration.HideTransitionDuration = 120;
        });
        services.AddCascadingAuthenticationState();
        services.AddScoped<ThemeState>();
        services.AddScoped<ProjectScope>();
        services.AddScoped<Clock>();
        services.AddScoped<DraftStore>();
        services.AddScoped<ReaderZone>();
        services.AddSingleton<SiteSearch>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<AnswerBoard>();
        services.AddSingleton<HostTester>();
        services.TryAddSingleton<HostFleet>();
        services.AddSingleton<RouteTester>();
        return services;
    }
}
