using System.Globalization;
using System.IO.Compression;

namespace Salus.Bench.EarlyWarning;

/// <summary>An hour of a patient in intensive care.</summary>
/// <param name="Hour">Since admission to the unit (ICULOS).</param>
/// <param name="Values">By the columns' names; null where nothing was measured.</param>
/// <param name="Label">Whether sepsis is 6 hours away or fewer, or there: 1 from t_sepsis - 6 on.</param>
internal sealed record SepsisHour(int Hour, IReadOnlyList<decimal?> Values, bool Label);

/// <summary>A patient of the PhysioNet/Computing in Cardiology Challenge 2019 (https://physionet.org/content/challenge-2019/1.0.0/).</summary>
/// <param name="Age">In years.</param>
internal sealed record SepsisPatient(string Id, int Age, IReadOnlyList<SepsisHour> Hours)
{
    /// <summary>The hour of t_sepsis: six after the first that is labelled; null for who has no sepsis. Where the first hour there is bears the label, sepsis may have come earlier.</summary>
    public int? Onset { get; } = Hours.FirstOrDefault(h => h.Label) is { } first ? first.Hour + 6 : null;

    /// <summary>Whether there are hours before the label.</summary>
    public bool IsOnsetKnown => !Hours[0].Label;

    /// <summary>Reads the patients of a file, one after the other.</summary>
    /// <param name="columns">Which values, in the order in which they are given.</param>
    public static IEnumerable<SepsisPatient> Read(string file, IReadOnlyList<string> columns)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var head = reader.ReadLine()!.Split('|');
        int Column(string name) => Array.IndexOf(head, name) is >= 0 and var at ? at : throw new InvalidDataException($"{file} has no column {name}.");
        var (id, age, hour, label, wanted) = (Column("PatientId"), Column("Age"), Column("ICULOS"), Column("SepsisLabel"), columns.Select(Column).ToArray());
        var (patient, years, hours) = ("", 0, new List<SepsisHour>());
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('|');
            if (cells[id] != patient)
            {
                if (hours.Count > 0)
                {
                    yield return new SepsisPatient(patient, years, hours);
                }

                (patient, years, hours) = (cells[id], (int)(Number(cells[age]) ?? 0), []);
            }

            hours.Add(new SepsisHour(int.Parse(cells[hour], CultureInfo.InvariantCulture), [.. wanted.Select(c => Number(cells[c]))], cells[label] == "1"));
        }

        if (hours.Count > 0)
        {
            yield return new SepsisPatient(patient, years, hours);
        }
    }

    private static decimal? Number(string text) => text == "NaN" ? null : decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
