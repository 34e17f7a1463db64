using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Portal.Tests.Web.Notices;

/// <summary>A mail server made by others (SmtpServer) on the loopback: encrypts with its certificate, and takes e-mail only from who signed in over that.</summary>
sealed class TlsMailServer : MessageStore, IUserAuthenticator, IAsyncDisposable
{
    readonly CancellationTokenSource life = new();
    readonly Channel<ReceivedMail> mails = Channel.CreateUnbounded<ReceivedMail>();
    readonly TaskCompletionSource<int> listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task serving = Task.CompletedTask;

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>The password it takes.</summary>
    public string Password { get; set; } = "correct horse";

    /// <summary>Who tried to sign in, with which password.</summary>
    public List<(string User, string Password)> SignIns { get; } = [];

    /// <summary>E-mails taken and not yet read.</summary>
    public int Waiting => mails.Reader.Count;

    /// <summary>Starts one with a certificate, encrypted from the first byte or once STARTTLS is said.</summary>
    public static async Task<TlsMailServer> StartAsync(X509Certificate2 certificate, bool fromTheFirstByte = false)
    {
        var server = new TlsMailServer();
        var options = new SmtpServerOptionsBuilder().ServerName("mail.test").Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, 0))
            .IsSecure(fromTheFirstByte).Certificate(certificate).AuthenticationRequired().AllowUnsecureAuthentication(false)).Build();
        var listener = new EndpointListenerFactory();
        listener.EndpointStarted += (_, started) => server.listens.TrySetResult(((IPEndPoint)started.LocalEndPoint).Port);
        var services = new ServiceProvider();
        services.Add((IMessageStore)server);
        services.Add((IUserAuthenticator)server);
        services.Add((IEndpointListenerFactory)listener);
        server.serving = new SmtpServer.SmtpServer(options, services).StartAsync(server.life.Token);
        server.Port = await server.listens.Task.WaitAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>The next e-mail that was taken.</summary>
    public async Task<ReceivedMail> NextAsync() => await mails.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken)
    {
        SignIns.Add((user, password));
        return Task.FromResult(context.Pipe.IsSecure && password == Password);
    }

    public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        mails.Writer.TryWrite(new(Address(transaction.From), [.. transaction.To.Select(Address)], Encoding.UTF8.GetString(buffer)));
        return Task.FromResult(SmtpResponse.Ok);
    }

    public async ValueTask DisposeAsync()
    {
        await life.CancelAsync();
        await serving;
        life.Dispose();
    }

    static string Address(SmtpServer.Mail.IMailbox mailbox) => $"{mailbox.User}@{mailbox.Host}";
}
