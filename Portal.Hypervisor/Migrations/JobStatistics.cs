using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>A job's statistics by libvirt's field names (<c>VIR_DOMAIN_JOB_*</c>); a field the driver omits reads as absent.</summary>
internal sealed class JobStatistics(IReadOnlyDictionary<string, double> fields)
{
    public long TotalBytes => Bytes("memory_total");

    public long RemainingBytes => Bytes("memory_remaining");

    public long ProcessedBytes => Bytes("memory_processed");

    public long BytesPerSecond => Bytes("memory_bps");

    public long DirtyBytesPerSecond => (long)(Field("memory_dirty_rate") * (Field("memory_page_size") is var size and > 0 ? size : 4096));

    /// <summary>Disks to be copied; 0 where none are.</summary>
    public long DiskTotalBytes => Bytes("disk_total");

    public long DiskRemainingBytes => Bytes("disk_remaining");

    public long DiskProcessedBytes => Bytes("disk_processed");

    public long DiskBytesPerSecond => Bytes("disk_bps");

    public int Iteration => (int)Field("memory_iteration");

    /// <summary>How much auto-converge slows the guest's processors.</summary>
    public int SlowedPercent => (int)Field("auto_converge_throttle");

    /// <summary>The expectation while the job runs, the truth once it is done; ms.</summary>
    public double? DowntimeMs => fields.TryGetValue("downtime", out var value) ? value : null;

    private long Bytes(string name) => (long)Field(name);

    private double Field(string name) => fields.GetValueOrDefault(name);
}

/// <summary>A job ended; its final statistics. Only a move listens for it.</summary>
internal sealed record JobEnded(DateTimeOffset At, Guid Machine, JobStatistics Statistics) : HostEvent(At);
