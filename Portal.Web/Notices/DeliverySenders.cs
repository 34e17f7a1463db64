using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Web.Setup;
using Portal.Web.Webhooks;

namespace Portal.Web.Notices;

/// <summary>The lanes deliveries leave by.</summary>
public sealed class DeliverySenders(Settings settings, WebhookCaller caller, WebhookSecrets secrets, TimeProvider time)
{
    private const int MailLanes = 3;
    private const int WebhookLanes = 6;

    /// <summary>Whether there is a mail server.</summary>
    public bool HasMail => settings.Mail is not null;

    /// <summary>What each lane is for, and how to open it.</summary>
    public IEnumerable<(DeliveryChannel Channel, Func<IDeliverySender> Open)> Lanes
    {
        get
        {
            for (var n = 0; n < WebhookLanes; n++)
                yield return (DeliveryChannel.Webhook, () => new WebhookSender(caller, secrets, settings.PublicUrl, time));
            if (settings is { Mail: { } mail, PublicUrl: { } portal })
            {
                for (var n = 0; n < MailLanes; n++)
                    yield return (DeliveryChannel.Email, () => new MailSender(mail, portal, time));
            }
        }
    }
}
