using Salus.Monitoring.Devices;

namespace Salus.Monitoring.Ingest;

/// <summary>What a request says of a device beside its samples.</summary>
/// <param name="Clock">What the device's clock showed when it sent, milliseconds since 1970 UTC; 0 where it does not say.</param>
/// <param name="Patient">Logical id of the patient that it takes for its own; null where it does not say.</param>
/// <param name="Bed">Logical id of the Location that it takes for its own; null where it does not say.</param>
/// <param name="Simulated">Whether a simulation made the samples.</param>
internal readonly record struct Announcement(long Clock, string? Patient, string? Bed, bool Simulated);

/// <summary>The device of some samples of a request, and what became of them.</summary>
internal sealed class DeviceBatch(string name, RegisteredDevice? device, Announcement said)
{
    private int[]? rejected;
    private List<Rejection>? examples;

    /// <summary>Logical id where it is known, else the name as it was sent.</summary>
    public string Name => device?.Id ?? name;

    public RegisteredDevice? Device => device;

    public Announcement Said => said;

    /// <summary>Why nothing of this device is taken; null when it is looked at sample by sample.</summary>
    public (Reason Reason, string Message)? Problem { get; init; }

    /// <summary>Where the last sample was.</summary>
    public Placement? Placement { get; set; }

    public int Accepted { get; set; }

    /// <summary>Time of the newest accepted sample.</summary>
    public long Newest { get; set; } = long.MinValue;

    /// <summary>A bit for each metric's number.</summary>
    public long Seen { get; set; }

    /// <summary>The first rejections of each reason, for people to look at.</summary>
    public IReadOnlyList<Rejection> Examples => examples ?? [];

    public int Rejected(Reason reason) => rejected?[(int)reason] ?? 0;

    public int AddRejected(Reason reason) => ++(rejected ??= new int[Reasons.Count])[(int)reason];

    public void AddExample(Rejection rejection) => (examples ??= []).Add(rejection);

    /// <summary>Whether the clock is off by more than a tolerance. Where the device does not say what it shows, the newest sample is the best guess at it.</summary>
    public bool IsClockOff(long now, long tolerance) => Math.Abs(now - (said.Clock != 0 ? said.Clock : Newest)) > tolerance;
}
