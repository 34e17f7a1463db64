using System.Net;

namespace Portal.Domain.Webhooks;

/// <summary>What a webhook may be called and where it may lead.</summary>
static class WebhookRules
{
    /// <summary>The draft as it is kept, or why it is refused.</summary>
    public static Result<WebhookDraft> Check(WebhookDraft draft, WebhookTargets targets)
    {
        var name = draft.Name.Trim();
        if (name.Length is 0 or > 80 || !Texts.IsLine(name))
            return new InvalidText("name", "A webhook needs a name of 1 to 80 visible characters.", "Name it for what listens there, e.g. “chat of the team”.");
        var url = draft.Url.Trim();
        if (url.Length is 0 or > 500 || url.Any(c => c is <= ' ' or > '~') || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            return new InvalidText("url", "That is no address a webhook can call.", "Give one of at most 500 characters that begins with https:// or http://, in ASCII: encode anything else.");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return new InvalidText("url", "The address holds a user name, a password or a fragment.", "Leave them out; receivers check the signature instead.");
        var literal = uri.Host.Trim('[', ']');
        if (IPAddress.TryParse(literal, out var address) && !targets.Allows(address))
            return new TargetNotAllowed(literal);
        var kinds = draft.Kinds.Distinct().Order().ToList();
        if (kinds.Count == 0 || !kinds.TrueForAll(Enum.IsDefined))
            return new InvalidText("kinds", "A webhook needs at least one kind of notice to be called with.", "Choose one or more.");
        return new WebhookDraft(name, uri.AbsoluteUri, kinds, draft.IsEnabled);
    }

    /// <summary>What is there now where it differs from what was to be written.</summary>
    public static IReadOnlyList<FieldDifference> Differences(Webhook now, WebhookDraft wanted)
    {
        var lines = new List<FieldDifference>();
        if (now.Name != wanted.Name)
            lines.Add(new("Name", now.Name, wanted.Name));
        if (now.Url != wanted.Url)
            lines.Add(new("Address", now.Url, wanted.Url));
        if (!now.NoticeKinds.SequenceEqual(wanted.Kinds))
            lines.Add(new("Kinds", string.Join(", ", now.Kinds), string.Join(", ", wanted.Kinds)));
        if (now.IsEnabled != wanted.IsEnabled)
            lines.Add(new("Enabled", now.IsEnabled ? "on" : "off", wanted.IsEnabled ? "on" : "off"));
        return lines;
    }

    /// <summary>What the audit trail keeps: the address without its path, which may be a secret of its own.</summary>
    public static object Told(Webhook hook) => new { hook.Name, Origin = OriginOf(hook.Url), Kinds = string.Join(", ", hook.Kinds), hook.IsEnabled };

    /// <summary>An address without path and query.</summary>
    public static string OriginOf(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);
}
