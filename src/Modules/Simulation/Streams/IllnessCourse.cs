using System.Globalization;

namespace Salus.Simulation.Streams;

/// <summary>How far a patient is from the own normal: the columns of <c>courses.txt</c>.</summary>
internal readonly record struct Shift(
    double HeartRate, double Breaths, double Saturation, double Systolic, double Diastolic, double Temperature, int Consciousness, double Oxygen, double Irregular)
{
    public bool IsNone => this == default;

    /// <summary>The way from one to the other; consciousness and oxygen do not go gradually.</summary>
    public static Shift Between(in Shift from, in Shift to, double share) => new(
        Part(from.HeartRate, to.HeartRate, share), Part(from.Breaths, to.Breaths, share), Part(from.Saturation, to.Saturation, share), Part(from.Systolic, to.Systolic, share),
        Part(from.Diastolic, to.Diastolic, share), Part(from.Temperature, to.Temperature, share), from.Consciousness, from.Oxygen, Part(from.Irregular, to.Irregular, share));

    private static double Part(double from, double to, double share) => from + ((to - from) * share);
}

/// <summary>A deterioration and the recovery from it, of <c>courses.txt</c>. Immutable.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="EmergencyWithin">Hours after which NEWS2 is 7 or more at the latest; null when it need not be.</param>
internal sealed record IllnessCourse(string Name, double? EmergencyWithin, IReadOnlyList<(double Hour, Shift Shift)> Keys)
{
    /// <summary>In the order of the file.</summary>
    public static IReadOnlyList<IllnessCourse> All { get; } = Read();

    /// <summary>Hours until everything is over.</summary>
    public double Hours => Keys[^1].Hour;

    /// <summary>By its name; null for what is not known.</summary>
    public static IllnessCourse? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    /// <summary>So many hours after the onset; nothing before and behind it.</summary>
    public Shift At(double hours)
    {
        if (hours <= 0 || hours >= Hours)
        {
            return default;
        }

        var next = 1;
        while (Keys[next].Hour <= hours)
        {
            next++;
        }

        var (from, to) = (Keys[next - 1], Keys[next]);
        return Shift.Between(from.Shift, to.Shift, (hours - from.Hour) / (to.Hour - from.Hour));
    }

    private static List<IllnessCourse> Read()
    {
        using var reader = new StreamReader(typeof(IllnessCourse).Assembly.GetManifestResourceStream("Salus.Simulation.Streams.courses.txt")!);
        var (courses, keys) = (new List<IllnessCourse>(), new List<(double, Shift)>());
        foreach (var line in reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.StartsWith("course ", StringComparison.Ordinal))
            {
                var head = line["course ".Length..].Split('|');
                keys = [];
                courses.Add(new IllnessCourse(head[0].Trim(), head[1].Trim() == "-" ? null : Number(head[1]), keys));
                continue;
            }

            keys.Add(line.Split('|').Select(Number).ToArray() is [var hour, var heart, var breaths, var saturation, var systolic, var diastolic, var temperature, var awake, var oxygen, var irregular]
                ? (hour, new Shift(heart, breaths, saturation, systolic, diastolic, temperature, (int)awake, oxygen, irregular))
                : throw new InvalidOperationException($"courses.txt: '{line}' has not ten cells."));
        }

        return courses;
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
