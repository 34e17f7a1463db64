using Microsoft.JSInterop;

namespace Portal.Web.Schedules;

/// <summary>The time zone of the reader's own clock, asked of the browser once per circuit.</summary>
public sealed class ReaderZone(IJSRuntime js)
{
    private TimeZoneInfo? _zone;

    /// <summary>The zone; UTC where the browser does not say, or names one this machine does not know.</summary>
    public async Task<TimeZoneInfo> GetAsync(CancellationToken cancellationToken)
    {
        if (_zone is not null)
            return _zone;
        try
        {
            var module = await js.InvokeAsync<IJSObjectReference?>("import", cancellationToken, "/js/zone.js");
            var name = module is null ? null : await module.InvokeAsync<string?>("zone", cancellationToken);
            _zone = name is { Length: > 0 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
        }
        catch (JSException)
        {
            _zone = TimeZoneInfo.Utc;
        }

        return _zone;
    }
}
