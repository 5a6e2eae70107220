using Salus.Kernel;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Flow;

/// <summary>The newest value of a metric of a patient, whichever device it came from.</summary>
/// <param name="Value">Thousandths of the metric's unit.</param>
/// <param name="Time">Milliseconds since 1970 UTC, by the device's clock.</param>
/// <param name="Slope">Trend of the last hour, in thousandths of the unit for an hour; null with too little data.</param>
internal sealed record Reading(Metric Metric, int Value, long Time, SampleFlags Flags, string Device, int? Slope)
{
    public decimal Amount => Thousandths.Amount(Value);

    /// <summary>False while it is implausible and no second one confirms it: scores then use the one before, or none.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>Whether it is too old to count, at a time in milliseconds since 1970 UTC.</summary>
    public bool IsStale(long now) => now - Time > (long)Metric.Stale.TotalMilliseconds;
}

/// <summary>What is known of a patient at a moment. Immutable.</summary>
/// <param name="At">When it was made: milliseconds since 1970 UTC, by this server's clock.</param>
/// <param name="Readings">The newest values, in the order of the metrics' numbers; metrics that never came are missing.</param>
/// <param name="Scores">The scores of this moment.</param>
internal sealed record PatientState(Tenant Tenant, string Patient, long At, IReadOnlyList<Reading> Readings, ScoreSet Scores)
{
    /// <summary>NEWS2 of the whole hours before this one, oldest first; null for an hour of which nothing is known. Empty where there is none at all.</summary>
    public IReadOnlyList<int?> Trend { get; init; } = [];

    /// <summary>What models said last, by their names; stale ones too.</summary>
    public IReadOnlyList<ModelReading> Models { get; init; } = [];

    public Reading? this[string metric] => Readings.FirstOrDefault(r => r.Metric.Name == metric);
}

/// <summary>Is told of the patients whose state changed: alerts, live push. Called on the partition's own thread, in order for a patient, after the samples are durable; must not block or throw.</summary>
internal interface IPatientObserver
{
    void Changed(PatientState state);
}
