namespace Salus.Simulation.Streams;

/// <summary>What a made-up bedside monitor measures: the numbers of the table of metrics, by which the binary form of <c>POST /telemetry</c> names them.</summary>
internal enum StreamMetric : byte
{
    HeartRate = 1,
    RespiratoryRate = 3,
    OxygenSaturation = 4,
    Systolic = 5,
    Diastolic = 6,
    MeanPressure = 7,
    ArterialSystolic = 8,
    ArterialDiastolic = 9,
    ArterialMean = 10,
    Temperature = 11,
    InspiredOxygen = 13,
    OxygenFlow = 14,
    Consciousness = 15,
}

/// <summary>Names and units of the metrics, as the JSON form has them.</summary>
internal static class StreamMetrics
{
    /// <summary>Beyond the greatest number.</summary>
    public const int Numbers = 16;

    private static readonly (string Name, string Unit)[] Texts = Make();

    public static string Name(int metric) => Texts[metric].Name;

    /// <summary>UCUM.</summary>
    public static string Unit(int metric) => Texts[metric].Unit;

    private static (string, string)[] Make()
    {
        var made = new (string, string)[Numbers];
        made[(int)StreamMetric.HeartRate] = ("heart-rate", "/min");
        made[(int)StreamMetric.RespiratoryRate] = ("respiratory-rate", "/min");
        made[(int)StreamMetric.OxygenSaturation] = ("oxygen-saturation", "%");
        made[(int)StreamMetric.Systolic] = ("systolic", "mm[Hg]");
        made[(int)StreamMetric.Diastolic] = ("diastolic", "mm[Hg]");
        made[(int)StreamMetric.MeanPressure] = ("mean-pressure", "mm[Hg]");
        made[(int)StreamMetric.ArterialSystolic] = ("arterial-systolic", "mm[Hg]");
        made[(int)StreamMetric.ArterialDiastolic] = ("arterial-diastolic", "mm[Hg]");
        made[(int)StreamMetric.ArterialMean] = ("arterial-mean", "mm[Hg]");
        made[(int)StreamMetric.Temperature] = ("temperature", "Cel");
        made[(int)StreamMetric.InspiredOxygen] = ("inspired-oxygen", "%");
        made[(int)StreamMetric.OxygenFlow] = ("oxygen-flow", "L/min");
        made[(int)StreamMetric.Consciousness] = ("consciousness", "1");
        return made;
    }
}
