namespace Portal.Hypervisor.Hosts;

/// <summary>Adds to libvirt's words what a person can do about a connection that was refused.</summary>
internal static class ConnectAdvice
{
    public static LibvirtException Explain(HostEndpoint endpoint, LibvirtException error)
        => new(error.Domain, error.Code, $"{endpoint.Name} cannot be reached: {error.Message.TrimEnd('.')}. {For(endpoint.Uri, error)}",
            isConnectionLost: true, error);

    private static string For(string uri, LibvirtException error)
    {
        var text = error.Message;
        // libvirt reads the certificates before it looks for the host: one that does not exist is not noticed before.
        if (Says(text, "Cannot read") && Says(text, "certificate"))
            return $"The certificates are looked for before the host, so {HostIn(uri)} was not tried yet: give the portal's certificates in that place or name their directory in the URI (?pkipath=DIRECTORY), and check that the host name is right.";
        if (Says(text, "Connection refused"))
            return "Start the libvirt daemon on that host and let it listen (for qemu+tls: libvirtd --listen or virtproxyd-tls.socket, port 16514).";
        if (Says(text, "No route to host") || Says(text, "timed out") || Says(text, "Network is unreachable"))
            return "Check the address, the network and the host's firewall.";
        if (Says(text, "resolve") || Says(text, "Name or service not known"))
            return "Check the host name in the URI, or use an IP address.";
        if (Says(text, "certificate") || Says(text, "TLS") || Says(text, "handshake"))
            return "Check the client certificate (pkipath in the URI) and that the server's certificate names this host.";
        if (Says(text, "authentication") || error.Code == LibvirtErrorCode.AuthFailed)
            return "Check that the portal's user may use this daemon.";
        if (Says(text, "No such file or directory"))
            return "No local libvirt daemon is running, or a file named in the URI is missing.";
        return Uri.TryCreate(uri, UriKind.Absolute, out _)
            ? "Use a libvirt URI such as qemu+tls://HOST/system."
            : "That is not a URI; use one such as qemu+tls://HOST/system.";
    }

    private static string HostIn(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? parsed.Host : "it";

    private static bool Says(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
