using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;

namespace Salus.Kernel.Metrics;

/// <summary>
/// Listens to the instruments of Salus, the web server, the runtime and the database driver, and keeps their numbers for <c>/metrics</c>. In place of
/// OpenTelemetry's Prometheus exporter, which cannot be had from every package feed.
/// </summary>
internal sealed class MetricsRegistry : IDisposable
{
    private static readonly string[] Meters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];

    // The runtime publishes these two as counters although they go up and down.
    private static readonly string[] Falling = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    private readonly ConcurrentDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();
    private readonly Lock reading = new();

    public MetricsRegistry()
    {
        listener.InstrumentPublished = Publish;
        Receive<byte>();
        Receive<short>();
        Receive<int>();
        Receive<long>();
        Receive<float>();
        Receive<double>();
        Receive<decimal>();
        listener.Start();
    }

    /// <summary>The whole exposition.</summary>
    public string Read()
    {
        // One reading at a time: observed instruments add up while they are asked.
        lock (reading)
        {
            foreach (var family in families.Values)
            {
                family.BeginReading();
            }

            listener.RecordObservableInstruments();
            return PrometheusText.Write(families.Values.OrderBy(f => f.Name.Text, StringComparer.Ordinal));
        }
    }

    public void Dispose() => listener.Dispose();

    private static bool IsWanted(string meter) =>
        meter.StartsWith("Salus.", StringComparison.Ordinal) || meter == "Salus" || Meters.Contains(meter, StringComparer.Ordinal);

    private void Publish(Instrument instrument, MeterListener source)
    {
        if (!IsWanted(instrument.Meter.Name) || KindOf(instrument) is not { } kind)
        {
            return;
        }

        var name = MetricName.Of(instrument.Name, instrument.Unit, kind);
        var bounds = kind == MetricKind.Histogram ? HistogramBounds.Of(instrument) : [];
        var help = string.IsNullOrWhiteSpace(instrument.Description) ? $"{instrument.Name} of {instrument.Meter.Name}" : instrument.Description;
        var family = families.GetOrAdd(name.Text, _ => new MetricFamily(name, kind, help, bounds));
        // Two instruments that mean different things under one name: the first one has it.
        if (family.Kind == kind)
        {
            source.EnableMeasurementEvents(instrument, family);
        }
    }

    private void Receive<T>()
        where T : struct, INumber<T> =>
        listener.SetMeasurementEventCallback<T>(static (instrument, value, tags, family) =>
            ((MetricFamily)family!).Record(double.CreateSaturating(value), tags, instrument.IsObservable));

    private static MetricKind? KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        while (type is { IsGenericType: false })
        {
            type = type.BaseType;
        }

        return type?.GetGenericTypeDefinition() switch
        {
            _ when Falling.Contains(instrument.Name, StringComparer.Ordinal) => MetricKind.UpDown,
            var t when t == typeof(Counter<>) || t == typeof(ObservableCounter<>) => MetricKind.Counter,
            var t when t == typeof(UpDownCounter<>) || t == typeof(ObservableUpDownCounter<>) => MetricKind.UpDown,
            var t when t == typeof(Gauge<>) || t == typeof(ObservableGauge<>) => MetricKind.Gauge,
            var t when t == typeof(Histogram<>) => MetricKind.Histogram,
            _ => null,
        };
    }
}
