using Portal.Web.Setup;
using Portal.Web.Webhooks;

namespace Portal.Web.Notices;

/// <summary>Registers what tells people outside of the pages.</summary>
public static class NoticeSetup
{
    /// <summary>Registers the senders, their worker and where webhooks may lead. Before the domain, which else allows public addresses only.</summary>
    public static IServiceCollection AddPortalNotices(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.WebhookTargets);
        services.AddSingleton<WebhookCaller>();
        services.AddSingleton<DeliverySenders>();
        services.AddHostedService<DeliveryWorker>();
        return services;
    }
}
