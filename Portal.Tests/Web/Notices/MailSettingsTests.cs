using MailKit.Security;
using Microsoft.Extensions.Configuration;
using Portal.Web.Setup;

namespace Portal.Tests.Web.Notices;

public class MailSettingsTests
{
    [Fact]
    public void Without_a_host_e_mail_is_off() => Read().Mail.ShouldBeNull();

    [Fact]
    public void A_host_and_a_sender_are_enough_and_the_connection_is_encrypted()
    {
        var mail = Read(("Smtp:Host", "mail.example"), ("Smtp:From", "Portal <portal@example.org>"), ("PublicUrl", "https://portal.example")).Mail.ShouldNotBeNull();

        (mail.Host, mail.Port, mail.Security, mail.User, mail.From.Address).ShouldBe(("mail.example", 587, SecureSocketOptions.StartTls, null, "portal@example.org"));
    }

    [Theory]
    [InlineData("Portal__Smtp__Port", "Smtp:Port", "70000")]
    [InlineData("Portal__Smtp__Port", "Smtp:Port", "smtp")]
    [InlineData("Portal__Smtp__Security", "Smtp:Security", "ssl")]
    [InlineData("Portal__Smtp__From", "Smtp:From", "portal")]
    [InlineData("Portal__Smtp__From", "Smtp:From", "")]
    [InlineData("Portal__Smtp__User", "Smtp:User", "portal")]
    [InlineData("Portal__Smtp__Password", "Smtp:Password", "secret-word")]
    [InlineData("Portal__Smtp__CaFile", "Smtp:CaFile", "/nowhere/ca.pem")]
    [InlineData("Portal__Smtp__CaFile", "Smtp:CaFile", "/dev/null")]
    [InlineData("Portal__Smtp__Host", "Smtp:Host", "two words")]
    [InlineData("Portal__Smtp__Host", "Smtp:Host", "")]
    [InlineData("Portal__PublicUrl", "PublicUrl", "")]
    [InlineData("Portal__PublicUrl", "PublicUrl", "portal.example")]
    [InlineData("Portal__PublicUrl", "PublicUrl", "https://portal.example/?a=b")]
    [InlineData("Portal__WebhookTargets", "WebhookTargets", "10.0.0.0/8, all")]
    public void What_is_wrong_is_named_at_start_and_no_password_told(string named, string setting, string value)
    {
        var settings = new Dictionary<string, string> { ["Smtp:Host"] = "mail.example", ["Smtp:From"] = "portal@example.org", ["PublicUrl"] = "https://portal.example", [setting] = value };

        var wrong = Should.Throw<SettingsException>(() => Read([.. settings.Select(s => (s.Key, s.Value))]));

        wrong.Message.ShouldContain(named);
        wrong.Message.ShouldNotContain("secret-word");
    }

    static Settings Read(params (string Name, string Value)[] settings) => Settings.From(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>("Portal:" + s.Name, s.Value)).Append(new("ConnectionStrings:Portal", "Host=x"))).Build());
}
