using System.Diagnostics.Metrics;

namespace Salus.Monitoring.Ingest;

/// <summary>What the intake counts about itself, at <c>/metrics</c>.</summary>
internal static class IngestMeter
{
    private static readonly Meter Meter = new("Salus.Monitoring");

    public static readonly Counter<long> Samples =
        Meter.CreateCounter<long>("salus.monitoring.ingest.samples", "{sample}", "Values of devices, by what became of them: stored, duplicate, rejected");

    public static readonly Counter<long> Waveforms =
        Meter.CreateCounter<long>("salus.monitoring.ingest.waveforms", "{block}", "Waveforms of devices, by what became of them: stored, duplicate, rejected");

    public static readonly Counter<long> Rejections =
        Meter.CreateCounter<long>("salus.monitoring.ingest.rejections", "{sample}", "Values and waveforms of devices that were not taken, by reason");

    public static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("salus.monitoring.ingest.requests", "{request}", "Requests with device data, by form and the status of the answer");

    public static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("salus.monitoring.ingest.bytes", "By", "Bytes of device data that were read, after decompression");
}
