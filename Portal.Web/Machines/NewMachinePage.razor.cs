using System.Globalization;
using Microsoft.AspNetCore.Components;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Changes;
using Portal.Domain.Leases;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Web.Controls;
using Portal.Web.Leases;

namespace Portal.Web.Machines;

/// <summary>The form a machine is asked for with: what it would do to the quota, what policy says, and what would be refused show while it is filled in.</summary>
public sealed partial class NewMachinePage
{
    static readonly string[] Fields = ["imageId", "flavorId", "machineName", "networkId", "sshKey", "leaseDays", "why"];

    readonly NewMachineForm form = new();
    readonly HashSet<string> touched = [];
    IReadOnlyList<ProjectView>? projects;
    CatalogView? catalog;
    RequestPreview? preview;
    Refusal? refused;
    Guid shownProject;
    CancellationTokenSource? typing;
    string draft = "";

    /// <summary>The request this one is to stand in place of; the form begins with what that one asked for.</summary>
    [Parameter, SupplyParameterFromQuery(Name = "replaces")] public Guid? Replaces { get; set; }

    /// <summary>The key the form asks with.</summary>
    internal string Key => form.Key;

    [Inject] TimeProvider Time { get; set; } = default!;

    ImageView? Image => catalog?.Images.FirstOrDefault(i => i.Id == form.ImageId);

    FlavorView? Flavor => Flavors.FirstOrDefault(f => f.Id == form.FlavorId);

    IReadOnlyList<FlavorView> Flavors => preview?.Flavors ?? catalog?.Flavors ?? [];

    string ProjectName => projects?.FirstOrDefault(p => p.Id == form.ProjectId)?.Name ?? "";

    /* A refusal about a field stands at that field; any other above the button. A limit stands there too, and before it is asked. */
    Refusal? general => refused is { } no && (no is QuotaExceeded || !Fields.Contains(no.Field)) ? no : preview?.Refusals.OfType<QuotaExceeded>().FirstOrDefault();

    bool nothingFits => preview is not null && Flavor is null && Flavors.Count > 0 && Flavors.All(f => !f.Fits);

    string NameHint => preview?.NameFree == true ? $"{form.Name.Trim()} is free" : "Lower-case letters, digits and hyphens; also its host name.";

    string NetworkHint => catalog?.Networks.FirstOrDefault(n => n.Id == form.NetworkId) is { } network
        ? $"{network.Free.ToString("N0", CultureInfo.InvariantCulture)} of {Format.Count(network.Total, "address", "addresses")} free"
        : "";

    /* The lease begins when the machine runs, which is not before now. */
    string LeaseHint(LeaseTerms terms) =>
        $"{(terms.Resolve(form.ToDraft().LeaseDays) is { } days ? $"Ends about {Format.Date(Time.GetUtcNow().AddDays(Math.Max(0, days)))}. " : "")}{LeaseWords.Of(terms)}";

    string KeyHint => form.SshKey.Length == 0
        ? "The one line of a file such as ~/.ssh/id_ed25519.pub."
        : preview is not null && preview.Refusals.All(r => r.Field != "sshKey") ? "This key can be used." : "";

    /// <inheritdoc />
    protected override bool Concerns(Change change) =>
        change.Kind is ChangeKind.Project or ChangeKind.Request or ChangeKind.Host or ChangeKind.Machine && (change.ProjectId is null || change.ProjectId == form.ProjectId);

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            // Per person: whoever signs in next in this tab finds an empty form.
            draft = Replaces is { } old ? $"change-request:{old}:{(await ActorAsync()).UserId}" : $"new-machine:{(await ActorAsync()).UserId}";
            if (await Drafts.ReadAsync<NewMachineForm>(draft, Alive) is { } kept)
                form.Take(kept);
            else if (Replaces is { } before && await Requests.DraftOfAsync(await ActorAsync(), before, Alive) is { IsOk: true, Value: RequestDraft asked })
                form.Take(asked);
        }

        await base.OnInitializedAsync();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        projects = await ProjectBook.ListMineAsync(actor, cancellationToken);
        if (projects.All(p => p.Id != form.ProjectId || !p.MayAct))
            form.ProjectId = (projects.FirstOrDefault(p => p.Id == Scope.ProjectId && p.MayAct) ?? projects.FirstOrDefault(p => p.MayAct) ?? (projects is [var first, ..] ? first : null))?.Id ?? Guid.Empty;
        if (form.ProjectId == Guid.Empty)
            return;
        if (catalog is null || shownProject != form.ProjectId)
        {
            var offered = await CatalogBook.GetAsync(actor, form.ProjectId, cancellationToken);
            (catalog, refused, shownProject) = (offered.IsOk ? offered.Value : null, offered.Refusal, form.ProjectId);
            form.PickDefaults(catalog);
        }

        var look = await Requests.PreviewAsync(actor, form.ToDraft(), Replaces, cancellationToken);
        preview = look.IsOk ? look.Value : null;
        if (!look.IsOk)
            refused = look.Refusal;
        // Nobody tells of a change in the catalog; that something picked is gone shows that there was one.
        if (catalog is not null && preview is not null && preview.Refusals.OfType<NotOffered>().Any(gone => Offers(catalog, gone)))
            catalog = await CatalogBook.GetAsync(actor, form.ProjectId, cancellationToken) is { IsOk: true } anew ? anew.Value : catalog;
    }

    /// <summary>Whether the tiles still show what is gone.</summary>
    bool Offers(CatalogView shown, NotOffered gone) => gone.Thing switch
    {
        "image" => shown.Images.Any(i => i.Id == form.ImageId),
        "network" => shown.Networks.Any(n => n.Id == form.NetworkId),
        _ => false,
    };

    /// <summary>What is wrong with a field, once it is the person's turn to know: after typing in it, or after asking.</summary>
    string? Shown(string field)
    {
        if (refused is { } no and not QuotaExceeded && no.Field == field)
            return $"{no.Message} {no.Advice}";
        var soon = preview?.Refusals.FirstOrDefault(r => r.Field == field && r is not QuotaExceeded && (touched.Contains(field) || Unseen(r)));
        return soon is null ? null : $"{soon.Message} {soon.Advice}";
    }

    /* What nobody typed is told at once: something picked is gone, a network is full, a flavor is too small for the image. */
    bool Unseen(Refusal refusal) => refusal switch
    {
        NotOffered { Thing: "image" } => form.ImageId != Guid.Empty,
        NotOffered { Thing: "flavor" } => form.FlavorId != Guid.Empty,
        NotOffered { Thing: "network" } => form.NetworkId != Guid.Empty,
        NoFreeAddress or TooSmallForImage => true,
        _ => false,
    };

    string Invalid(string field) => Shown(field) is null ? "false" : "true";

    string? WhyNot(FlavorView flavor)
    {
        if (flavor.Over is [var over, ..])
            return $"{OverWords(over)} {over.Rule switch { QuotaRule.Project => "over the quota", QuotaRule.Soft => "over the soft limit, whose grace is over", QuotaRule.Member => "over your own limit", QuotaRule.MachineCap => "too large for a single machine here" }}";
        if (Image is { } image && flavor.Size.MemoryMib < image.MinMemoryMib)
            return $"{image.Title} needs {Format.Mib(image.MinMemoryMib)}";
        return Image is { } disk && flavor.Size.DiskGib < disk.MinDiskGib ? $"{disk.Title} needs {Format.Gib(disk.MinDiskGib)} of disk" : null;
    }

    static string OverWords(QuotaExceeded over) => over.Line.Resource switch
    {
        QuotaResource.MemoryMib or QuotaResource.DiskGib => $"{Words.Amount(over.Line.Resource, over.Over)} {Words.Of(over.Line.Resource).ToLowerInvariant()}",
        QuotaResource.Machines or QuotaResource.Vcpus or QuotaResource.Addresses or QuotaResource.Snapshots => QuotaWords.Amount(over.Line.Resource, over.Over),
    };

    async Task ChangeAsync(Action change)
    {
        change();
        await LookAsync();
    }

    async Task TypeAsync(Action change, string field)
    {
        change();
        touched.Add(field switch { nameof(form.Name) => "machineName", nameof(form.SshKey) => "sshKey", nameof(form.LeaseDays) => "leaseDays", _ => "why" });
        typing?.Cancel();
        typing?.Dispose();
        typing = CancellationTokenSource.CreateLinkedTokenSource(Alive);
        var mine = typing.Token;
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), Time, mine);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            return;
        }

        await LookAsync();
    }

    async Task LookAsync()
    {
        refused = null;
        await Drafts.KeepAsync(draft, form.ToKeep(), Alive);
        await ReloadAsync();
    }

    Task AskAsync() => ActAsync(async actor =>
    {
        touched.UnionWith(Fields);
        // Kept with its key first: should the answer get lost, asking again with the same key asks for nothing twice.
        await Drafts.KeepAsync(draft, form.ToKeep(), Alive);
        var result = await SendAsync(actor);
        if (result.Refusal is KeyReused)
        {
            // Asked once, its answer got lost, and the form says something else now: that is another wish.
            form.Key = Guid.NewGuid().ToString();
            await Drafts.KeepAsync(draft, form.ToKeep(), Alive);
            result = await SendAsync(actor);
        }

        refused = result.Refusal;
        if (!result.IsOk)
            return;
        await Drafts.ForgetAsync(draft, Alive);
        Nav.NavigateTo($"/requests/{result.Value.Id}");
    });

    Task<Result<RequestView>> SendAsync(Actor actor) => Replaces is { } old
        ? Requests.ResubmitAsync(actor, old, form.ToDraft(), form.Key, Alive) : Requests.SubmitAsync(actor, form.ToDraft(), form.Key, Alive);

    static string Text(ChangeEventArgs change) => change.Value as string ?? "";

    static Guid Id(ChangeEventArgs change) => Guid.TryParse(change.Value as string, out var id) ? id : Guid.Empty;

    /// <inheritdoc />
    protected override ValueTask DisposeCoreAsync()
    {
        typing?.Dispose();
        return base.DisposeCoreAsync();
    }
}
