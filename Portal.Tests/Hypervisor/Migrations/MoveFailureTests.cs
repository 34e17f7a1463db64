using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

/// <summary>Messages as QEMU and libvirt word them; which of several comes for one mishap is a race.</summary>
public class MoveFailureTests
{
    [Theory]
    [InlineData("operation failed: job 'migration out' failed: Cannot write to TLS channel: Broken pipe")]
    [InlineData("operation failed: job 'migration out' failed: Cannot write to TLS channel: Input/output error")]
    [InlineData("operation failed: job 'migration out' failed: Cannot read from TLS channel: The TLS connection was non-properly terminated.")]
    [InlineData("operation failed: job 'migration out' failed: Unable to read from socket: Connection reset by peer")]
    [InlineData("operation failed: job 'migration out' failed: Unable to write to socket: Broken pipe")]
    public void A_stream_that_broke_off_is_known_by_any_of_its_words_and_is_not_about_certificates(string said)
    {
        MoveFailure.IsBrokenOff(said).ShouldBeTrue();
        MoveFailure.IsAboutCertificates(said).ShouldBeFalse();
        MoveFailure.IsDisconnected(said).ShouldBeFalse();
    }

    [Theory]
    [InlineData("internal error: unable to execute QEMU command 'object-add': Unable to access credentials /etc/pki/qemu/ca-cert.pem: No such file or directory")]
    [InlineData("operation failed: job 'migration out' failed: TLS handshake failed: Error in the certificate.")]
    [InlineData("operation failed: job 'migration out' failed: TLS handshake failed: Error in the pull function: Unable to read from socket: Connection reset by peer")]
    [InlineData("operation failed: job 'migration out' failed: Certificate does not match the hostname; TLS x509 authz check failed")]
    public void Certificates_are_known(string said)
    {
        MoveFailure.IsAboutCertificates(said).ShouldBeTrue();
        MoveFailure.IsBrokenOff(said).ShouldBeFalse();
    }

    [Theory]
    [InlineData("internal error: client socket is closed")]
    [InlineData("internal error: received hangup event on socket")]
    [InlineData("internal error: connection closed due to keepalive timeout")]
    [InlineData("Cannot recv data: Connection reset by peer")]
    [InlineData("End of file while reading data: Input/output error")]
    public void Daemons_that_lost_each_other_are_known(string said)
    {
        MoveFailure.IsDisconnected(said).ShouldBeTrue();
        MoveFailure.IsBrokenOff(said).ShouldBeFalse();
    }
}
