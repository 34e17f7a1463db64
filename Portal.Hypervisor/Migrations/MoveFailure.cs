namespace Portal.Hypervisor.Migrations;

/// <summary>
/// What a failed move was about, read from QEMU's and libvirt's own words, for they come under one code. The same in QEMU 7.2 to 11
/// (io/channel-tls.c, channel-socket.c and channel.c, migration/ for post-copy) and libvirt 9 to 11 (src/rpc, of the daemons' connection).
/// </summary>
internal static class MoveFailure
{
    // Which of these is said is a race: a peer's death shows first as an end, a reset or a refused write, under the encryption or in it.
    private static readonly string[] Broken =
    [
        "Cannot read from TLS channel", "Cannot write to TLS channel", "Unable to read from socket", "Unable to write to socket", "Unexpected end-of-file before all data were read",
    ];

    private static readonly string[] Disconnected =
    [
        "client socket is closed", "keepalive timeout", "received hangup event on socket", "received error event on socket", "End of file while reading data", "Cannot recv data", "Cannot write data",
    ];

    private static readonly string[] Certificates = ["TLS", "credentials", "x509"];

    /// <summary>Whether the stream ended before all was sent: its process at the other end died, or the network was cut.</summary>
    public static bool IsBrokenOff(string said) => !said.Contains("TLS handshake failed", StringComparison.Ordinal) && Broken.Any(words => said.Contains(words, StringComparison.Ordinal));

    /// <summary>Whether the two hosts' daemons lost each other: one of them stopped, or the network was cut.</summary>
    public static bool IsDisconnected(string said) => Disconnected.Any(words => said.Contains(words, StringComparison.Ordinal));

    /// <summary>Whether a host has no certificates for migration, or ones the other does not accept. QEMU speaks of a channel only after both were content with them.</summary>
    public static bool IsAboutCertificates(string said) => !IsBrokenOff(said) && Certificates.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether QEMU refused before anything was sent, because it may not use userfaultfd.</summary>
    public static bool IsAboutPostCopy(string said) => said.Contains("Postcopy is not supported", StringComparison.Ordinal);
}
