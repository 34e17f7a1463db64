using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Portal.Tests.Web.Notices;

/// <summary>An e-mail as it came over the wire.</summary>
sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Data)
{
    public MimeKit.MimeMessage Message => MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Data)));

    /// <summary>The lines before the first empty one, unfolded.</summary>
    public IReadOnlyList<string> HeaderLines => Data[..Data.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ").Replace("\r\n\t", " ").Split("\r\n");
}

/// <summary>A mail server that speaks SMTP (RFC 5321) over TCP on the loopback, and misbehaves as a test tells it.</summary>
sealed class SmtpReceiver : IAsyncDisposable
{
    readonly CancellationTokenSource life = new();
    readonly Channel<ReceivedMail> mails = Channel.CreateUnbounded<ReceivedMail>();
    readonly List<Task> sessions = [];
    TcpListener listener;
    Task accepting;
    int connections;

    public SmtpReceiver()
    {
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    public int Port { get; }

    /// <summary>Connections so far.</summary>
    public int Connections => connections;

    /// <summary>What it says to a recipient.</summary>
    public Func<string, string> OnRecipient { get; set; } = _ => "250 2.1.5 fine";

    /// <summary>What it says to a message.</summary>
    public Func<string> OnMessage { get; set; } = () => "250 2.0.0 taken";

    /// <summary>When given: it says nothing until this ends, at this word of the dialogue.</summary>
    public (string At, Task Until)? Hang { get; set; }

    /// <summary>The next e-mail that was taken.</summary>
    public async Task<ReceivedMail> NextAsync() => await mails.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>E-mails taken and not yet read.</summary>
    public int Waiting => mails.Reader.Count;

    /// <summary>Nobody answers at its port any more.</summary>
    public async Task GoDownAsync()
    {
        listener.Stop();
        await accepting;
    }

    /// <summary>It answers again at the same port.</summary>
    public void ComeBack()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await life.CancelAsync();
        await GoDownAsync();
        await Task.WhenAll(sessions);
        life.Dispose();
    }

    async Task AcceptAsync(TcpListener on)
    {
        while (true)
        {
            try
            {
                var client = await on.AcceptTcpClientAsync(life.Token);
                Interlocked.Increment(ref connections);
                sessions.Add(ServeAsync(client));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, new UTF8Encoding(false));
                await SayAsync("220 mail.test ESMTP", "GREETING");
                var (from, to) = ("", new List<string>());
                while (await reader.ReadLineAsync(life.Token) is { } line)
                {
                    var word = line.Split(' ', ':')[0].ToUpperInvariant();
                    switch (word)
                    {
                        case "EHLO":
                            await SayAsync("250-mail.test\r\n250-8BITMIME\r\n250 SIZE 10485760", word);
                            break;
                        case "HELO" or "RSET" or "NOOP":
                            await SayAsync("250 fine", word);
                            break;
                        case "MAIL":
                            (from, to) = (Address(line), []);
                            await SayAsync("250 fine", word);
                            break;
                        case "RCPT":
                            var answer = OnRecipient(Address(line));
                            if (answer[0] == '2')
                                to.Add(Address(line));
                            await SayAsync(answer, word);
                            break;
                        case "DATA":
                            await SayAsync(to.Count > 0 ? "354 go on" : "503 no recipient", word);
                            if (to.Count == 0)
                                break;
                            var data = new StringBuilder();
                            while (await reader.ReadLineAsync(life.Token) is { } text and not ".")
                                data.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
                            var said = OnMessage();
                            if (said[0] == '2')
                                mails.Writer.TryWrite(new(from, [.. to], data.ToString()));
                            await SayAsync(said, "MESSAGE");
                            break;
                        case "QUIT":
                            await SayAsync("221 bye", word);
                            return;
                        default:
                            await SayAsync("502 what?", word);
                            break;
                    }
                }

                async Task SayAsync(string text, string at)
                {
                    if (Hang is { } hang && hang.At == at)
                        await hang.Until.WaitAsync(life.Token);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), life.Token);
                }
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The portal hung up, or the test is over.
            }
        }
    }

    static string Address(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
}
