using Portal.Domain.Notices.Deliveries;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Notices;

/// <summary>Encrypted e-mail with a sign-in, against a mail server made by others with a certificate of an authority of one's own.</summary>
public sealed class MailTlsTests(PostgresCluster cluster) : DeliveryTest(cluster)
{
    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task With_the_authority_named_it_is_delivered_encrypted_and_signed_in(string security)
    {
        using var authority = new MailAuthority();
        using var certificate = authority.Issue("localhost");
        await using var server = await TlsMailServer.StartAsync(certificate, fromTheFirstByte: security == "tls");
        await StartAsync([.. Through(server), ("Portal:Smtp:Security", security), ("Portal:Smtp:CaFile", authority.File)]);

        await TellMemberAsync();

        (await server.NextAsync()).To.ShouldBe(["mia@example.org"]);
        server.SignIns.ShouldBe([("portal", "correct horse")]);
        (await DeliveryAsync(d => d.Status == DeliveryStatus.Sent)).Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_password_the_server_does_not_take_is_told_and_the_e_mail_goes_out_once_it_is_mended()
    {
        using var authority = new MailAuthority();
        using var certificate = authority.Issue("localhost");
        await using var server = await TlsMailServer.StartAsync(certificate);
        server.Password = "another one";
        await StartAsync([.. Through(server), ("Portal:Smtp:CaFile", authority.File)]);

        await TellMemberAsync();
        var waits = await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null });

        waits.Status.ShouldBe(DeliveryStatus.Queued);
        waits.LastError.ShouldNotBeNull().ShouldStartWith("The mail server does not take the sign-in as “portal” (535: ");
        waits.LastError.ShouldEndWith("Set Portal__Smtp__User and Portal__Smtp__Password anew.");
        waits.LastError.ShouldNotContain("correct horse");
        server.Password = "correct horse";
        await PauseEndsAsync();
        (await server.NextAsync()).To.ShouldBe(["mia@example.org"]);
    }

    [Fact]
    public async Task A_server_of_an_unknown_authority_gets_neither_password_nor_e_mail_until_the_authority_is_named()
    {
        using var authority = new MailAuthority();
        using var certificate = authority.Issue("localhost");
        await using var server = await TlsMailServer.StartAsync(certificate);
        var portal = await StartAsync([.. Through(server)]);

        await TellMemberAsync();
        var waits = await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null });

        waits.Status.ShouldBe(DeliveryStatus.Queued);
        waits.LastError.ShouldNotBeNull().ShouldStartWith("The mail server could not be used: its certificate is not trusted (");
        waits.LastError.ShouldEndWith("Name a file with its authority's certificate in Portal__Smtp__CaFile.");
        (server.SignIns.Count, server.Waiting).ShouldBe((0, 0));
        await StopAsync(portal);
        await StartAsync([.. Through(server), ("Portal:Smtp:CaFile", authority.File)]);
        await PauseEndsAsync();
        (await server.NextAsync()).To.ShouldBe(["mia@example.org"]);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_or_for_another_name_is_told_apart()
    {
        using var authority = new MailAuthority();
        using var other = new MailAuthority();
        using var misnamed = authority.Issue("mail.example");
        using var certificate = authority.Issue("localhost");
        await using var first = await TlsMailServer.StartAsync(misnamed);
        await using var second = await TlsMailServer.StartAsync(certificate);
        var portal = await StartAsync([.. Through(first), ("Portal:Smtp:CaFile", authority.File)]);

        await TellMemberAsync();
        (await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null })).LastError.ShouldBe("The mail server could not be used: its certificate is not for localhost. Set Portal__Smtp__Host to a name the certificate has.");
        await StopAsync(portal);
        await StartAsync([.. Through(second), ("Portal:Smtp:CaFile", other.File)]);
        await PauseEndsAsync();

        (await DeliveryAsync(d => d is { Attempts: 2, ClaimedUntil: null })).LastError.ShouldNotBeNull().ShouldStartWith("The mail server could not be used: its certificate is trusted neither by the system nor by the authorities in Portal__Smtp__CaFile (");
    }

    static IEnumerable<(string, string)> Through(TlsMailServer server) =>
        [("Portal:Smtp:Host", "localhost"), ("Portal:Smtp:User", "portal"), ("Portal:Smtp:Password", "correct horse"), .. MailAt(server.Port).Where(s => s.Item1 is not ("Portal:Smtp:Host" or "Portal:Smtp:Security"))];

    async Task TellMemberAsync()
    {
        await GiveAddressAsync(World.Member, "mia@example.org");
        await TellAsync(Notice(), World.Member.UserId);
    }
}
