using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Portal.Domain;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Web.Notices;

namespace Portal.Web.Webhooks;

/// <summary>Calls webhooks and says what became of each call.</summary>
public sealed class WebhookSender(WebhookCaller caller, WebhookSecrets secrets, Uri? portal, TimeProvider time) : IDeliverySender
{
    /// <inheritdoc/>
    public TimeSpan Deadline { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> TryAsync(ClaimedDelivery claim, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        if (claim is not ClaimedCall call)
            throw new ArgumentException("Not a call of a webhook.", nameof(claim));
        try
        {
            using var request = Write(call);
            var status = (int)await caller.PostAsync(request, cancellationToken);
            return status is >= 200 and < 300
                ? Ended(true, null, code: status)
                : Ended(false, status is >= 300 and < 400 ? $"The receiver answered {status}; redirects are not followed." : $"The receiver answered {status}.", code: status);
        }
        catch (CryptographicException)
        {
            return Ended(false, "The webhook’s secret cannot be opened: the platform’s keys were lost. Rotate the secret.", isFinal: true);
        }
        catch (Exception fault) when (fault.GetBaseException() is TargetRefusedException refused)
        {
            // A setting can be mended, and what waits is sent then.
            return Ended(false, refused.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Ended(false, $"The receiver could not be reached: {fault.GetBaseException().Message}");
        }

        DeliveryOutcome Ended(bool ok, string? error, bool isFinal = false, int? code = null) => new(ok, error, isFinal, code, Stopwatch.GetElapsedTime(began));
    }

    /// <inheritdoc/>
    public Task RestAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The caller is every lane's.
    }

    private HttpRequestMessage Write(ClaimedCall call)
    {
        var said = call.Payload;
        var link = portal is null ? said.Link : portal.AbsoluteUri.TrimEnd('/') + said.Link;
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id = call.Id, said.Kind, said.At, said.Title, link, said.Subject, said.Project }, Json.Options);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        var request = new HttpRequestMessage(HttpMethod.Post, call.Url) { Content = content };
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(call.ProtectedSecrets.Select(secrets.Open), time.GetUtcNow(), body));
        request.Headers.Add(WebhookSignature.DeliveryHeader, call.Id.ToString());
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Portal", "1"));
        return request;
    }
}
