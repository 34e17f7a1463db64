using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Portal.Bench;

/// <summary>A micro machine made by the portal, through its API.</summary>
sealed class PortalMachine
{
    /// <summary>Flavor of most machines: 96 MiB.</summary>
    public const string UsualFlavor = "tiny";

    /// <summary>Flavor of a machine whose memory is to be used: 128 MiB.</summary>
    public const string UsedFlavor = "used";

    /// <summary>Flavor of a machine that is moved again and again: 256 MiB.</summary>
    public const string LargeFlavor = "large-moved";

    readonly Stand _stand;
    readonly Guid _request;

    PortalMachine(Stand stand, Guid request, Guid id, IPAddress address)
    {
        _stand = stand;
        _request = request;
        Id = id;
        Address = address;
    }

    public Guid Id { get; }

    public IPAddress Address { get; }

    public static async Task<PortalMachine> RequestAsync(Stand stand, string name, CancellationToken ct, string flavor = UsualFlavor)
    {
        var project = (await stand.Admin.GetAsync("projects", ct))["items"]!.AsArray().Single(p => p!["name"]!.ToString() == "Web shop")!["id"]!;
        var catalog = await stand.Admin.GetAsync($"projects/{project}/catalog", ct);
        string Of(string kind, string name) => catalog[kind]!.AsArray().Single(entry => entry!["name"]!.ToString() == name)!["id"]!.ToString();
        var request = await stand.Admin.PostAsync("requests", new
        {
            projectId = project.ToString(), machineName = name, imageId = Of("images", "micro"), flavorId = Of("flavors", flavor),
            networkId = Of("networks", stand.Lab.Network.Name), sshKey = stand.Login.PublicKey, why = "To be measured.",
        }, ct);
        var machine = Guid.Parse(request["machineId"]!.ToString());
        stand.Keep(machine);
        var details = await stand.Admin.GetAsync($"machines/{machine}", ct);
        return new PortalMachine(stand, Guid.Parse(request["id"]!.ToString()), machine, IPAddress.Parse(details["machine"]!["address"]!.ToString()));
    }

    public Task ApproveAsync(CancellationToken ct) => _stand.Admin.PostAsync($"approvals/{_request}/approve", new { reason = "Measured." }, ct);

    public Task UntilMadeAsync(CancellationToken ct) =>
        _stand.Admin.UntilAsync($"machines/{Id}", details => details["machine"]!["state"]!.ToString() == "Running" && details["machine"]!["active"] is null, ct);

    /// <summary>The host it runs on now, as the books say.</summary>
    public async Task<LabHost> HomeAsync(CancellationToken ct)
    {
        var name = (await _stand.Admin.GetAsync($"machines/{Id}", ct))["machine"]!["hostName"]!.ToString();
        return _stand.Lab.Hosts.Single(host => host.Name == name);
    }

    /// <summary>Orders a move, live unless the order says otherwise; returns its identifier.</summary>
    public async Task<Guid> MoveAsync(LabHost destination, CancellationToken ct, object? order = null)
    {
        var hosts = (await _stand.Admin.GetAsync("hosts", ct))["items"]!.AsArray();
        var id = hosts.Single(host => host!["name"]!.ToString() == destination.Name)!["id"]!.ToString();
        return Guid.Parse((await _stand.Admin.PostAsync($"machines/{Id}/migrations", Order(), ct))["id"]!.ToString());

        JsonNode Order()
        {
            var asked = System.Text.Json.JsonSerializer.SerializeToNode(order ?? new { mode = "Live" })!;
            asked["destinationHostId"] = id;
            return asked;
        }
    }

    /// <summary>The receipt of a move that arrived or not, once it is final. Asked for seldom: each question takes time from the move it is about.</summary>
    public async Task<JsonNode> OutcomeAsync(Guid move, CancellationToken ct) =>
        (await _stand.Admin.UntilAsync($"migrations/{move}", details => details["migration"]!["endedAt"] is not null, ct, TimeSpan.FromSeconds(1)))["migration"]!;

    /// <summary>The receipt of a move, once it is final. Asked for seldom: each question takes time from the move it is about.</summary>
    /// <exception cref="InvalidOperationException">The machine did not move.</exception>
    public async Task<JsonNode> ReceiptAsync(Guid move, CancellationToken ct)
    {
        var row = await OutcomeAsync(move, ct);
        return row["status"]!.ToString() == "Moved" ? row : throw new InvalidOperationException($"The machine did not move: {row["message"]}");
    }

    /// <summary>Its definition as its host has it.</summary>
    public async Task<XDocument> DefinitionAsync(CancellationToken ct) =>
        XDocument.Parse(await (await HomeAsync(ct)).VirshAsync(["dumpxml", "--inactive", Id.ToString()], ct));

    public async Task DeleteAsync(CancellationToken ct)
    {
        var name = (await _stand.Admin.GetAsync($"machines/{Id}", ct))["machine"]!["name"]!.ToString();
        await _stand.Admin.DeleteAsync($"machines/{Id}?confirmName={name}", ct);
        await _stand.Admin.UntilAsync($"machines/{Id}", details => details["machine"]!["state"]!.ToString() == "Deleted", ct);
    }
}
