using System.Globalization;
using Salus.Simulation.Scale;

namespace Salus.Simulation;

/// <summary>
/// An endless record for measurements: FHIR R4 resources in a stable order, each at a position from 0, as NDJSON in UTF-8. First a hospital and its
/// physicians, then patient after patient, each before what refers to it. What stands at a position depends on the seed alone, so a greater record begins with
/// the smaller one. About 70 % are Observations, a patient has 107 resources on average, and a resource has about 1 kB. Safe for several threads.
/// </summary>
/// <param name="seed">Another number is another record.</param>
public sealed class ScaleRecord(int seed = 1)
{
    /// <summary>System of the patients' record numbers.</summary>
    public const string RecordNumbers = "https://salus-demo.example.org/ids/mrn";

    internal const int RecordNumberDigits = 12;

    readonly Identity identity = new(seed);

    /// <summary>Writes the resources from a position on, one a line.</summary>
    /// <returns>The bytes written.</returns>
    public long Write(Stream output, long first, long count)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var wanted = new Positions(first, first + count);
        var pen = new Pen(output, identity);
        var staff = new StaffLines(seed, pen);
        for (long position = first; position < Math.Min(StaffLines.Count, wanted.End); position++)
        {
            staff.Write(position);
            pen.End(wanted: true);
        }

        var (persons, visits) = (new PersonLines(pen), new VisitLines(pen, wanted));
        long place = StaffLines.Count;
        for (long patient = 0; place < wanted.End; patient++)
        {
            var story = new Story(seed, patient);
            var next = place + story.Resources;
            if (next > wanted.First) Write(pen, persons, visits, wanted, (patient, place), story);
            place = next;
        }

        pen.Flush();
        return pen.Bytes;
    }

    /// <summary>The patients who are complete within the first <paramref name="resources"/>.</summary>
    public IEnumerable<ScalePatient> Patients(long resources)
    {
        long place = StaffLines.Count;
        for (long patient = 0; ; patient++)
        {
            var story = new Story(seed, patient);
            var next = place + story.Resources;
            if (next > resources) yield break;
            yield return new ScalePatient(patient, place, identity.Of(place), PersonLines.FamilyName(story), PersonLines.GivenName(story), Number(patient), Codes(story));
            place = next;
        }
    }

    /// <summary>The Patient resource of a number, at a position.</summary>
    public byte[] Patient(long number, long position)
    {
        using var output = new MemoryStream();
        var pen = new Pen(output, identity);
        new PersonLines(pen).Write(position, number, new Story(seed, number));
        pen.End(wanted: true);
        pen.Flush();
        return output.ToArray();
    }

    /// <summary>The id of what stands at a position.</summary>
    public string Id(long position) => identity.Of(position);

    static void Write(Pen pen, PersonLines persons, VisitLines visits, Positions wanted, (long Number, long Position) patient, Story story)
    {
        var position = patient.Position;
        persons.Write(position, patient.Number, story);
        pen.End(wanted.Holds(position++));
        if (story.Allergy)
        {
            persons.Allergy(position, patient.Position, story);
            pen.End(wanted.Holds(position++));
        }

        for (var visit = 0; visit < story.Visits && position < wanted.End; visit++)
        {
            visits.Write(position, patient.Position, story, visit);
            position = visits.Position;
        }
    }

    static string Number(long patient) => "MRN" + patient.ToString(CultureInfo.InvariantCulture).PadLeft(RecordNumberDigits, '0');

    static List<string> Codes(Story story)
    {
        var panels = 0;
        for (var number = story.Visits - 1; number >= 0; number--)
        {
            var visit = story.Visit(number);
            panels |= (visit.Panel < 0 ? 0 : 1 << visit.Panel) | (visit.Further < 0 ? 0 : 1 << visit.Further);
        }

        var codes = Measures.Vitals.Select(m => m.Code.Value).ToList();
        for (var panel = 0; panel < Measures.Panels.Length; panel++)
        {
            if ((panels >> panel & 1) == 1) codes.AddRange(Measures.Panels[panel].Tests.Select(m => m.Code.Value));
        }

        return codes;
    }
}
