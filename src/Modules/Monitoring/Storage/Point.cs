using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>A sample without its series.</summary>
/// <param name="Time">Milliseconds since 1970 UTC.</param>
/// <param name="Value">Thousandths of the metric's unit.</param>
internal readonly record struct Point(long Time, int Value, SampleFlags Flags);
