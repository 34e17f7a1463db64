using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Portal.Tests.Web.Notices;

/// <summary>A call as the receiver got it.</summary>
sealed record ReceivedCall(string Path, string Body, string Signature, string Delivery, string ContentType);

/// <summary>A real web server on the loopback that gets calls of webhooks, and misbehaves as a test tells it.</summary>
sealed class HookReceiver : IAsyncDisposable
{
    readonly WebApplication app;
    readonly Channel<ReceivedCall> calls = Channel.CreateUnbounded<ReceivedCall>();

    HookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            var headers = context.Request.Headers;
            calls.Writer.TryWrite(new(context.Request.Path, body, headers["Portal-Signature"].ToString(), headers["Portal-Delivery"].ToString(), context.Request.ContentType ?? ""));
            await Answer(context);
        });
    }

    /// <summary>What it answers; 204 unless told.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => { context.Response.StatusCode = 204; return Task.CompletedTask; };

    public Uri Address => new(app.Urls.Single());

    public static async Task<HookReceiver> StartAsync()
    {
        var receiver = new HookReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async Task<ReceivedCall> NextAsync() => await calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>Calls that came and were not read yet.</summary>
    public int Waiting => calls.Reader.Count;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}
