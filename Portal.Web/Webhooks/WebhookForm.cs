using Portal.Domain.Notices;
using Portal.Domain.Webhooks;

namespace Portal.Web.Webhooks;

/// <summary>A webhook while somebody types.</summary>
public sealed class WebhookForm
{
    /// <summary>What people call it.</summary>
    public string Name { get; set; } = "";

    /// <summary>What is called.</summary>
    public string Url { get; set; } = "";

    /// <summary>Whether it is called.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>With which kinds.</summary>
    public ISet<NoticeKind> Kinds { get; } = new HashSet<NoticeKind>();

    /// <summary>The fields refusals can be about that the form shows beside them.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["name", "url", "kinds"];

    /// <summary>Starts from what there is.</summary>
    public static WebhookForm Of(WebhookView view)
    {
        var form = new WebhookForm { Name = view.Name, Url = view.Url, IsEnabled = view.IsEnabled };
        form.Kinds.UnionWith(view.Kinds);
        return form;
    }

    /// <summary>Chooses a kind, or not.</summary>
    public void Choose(NoticeKind kind, bool on)
    {
        if (on)
            Kinds.Add(kind);
        else
            Kinds.Remove(kind);
    }

    /// <summary>What the service is given.</summary>
    public WebhookDraft ToDraft() => new(Name, Url, [.. Kinds], IsEnabled);
}
