using Salus.Simulation.Chance;

namespace Salus.Simulation.Scale;

/// <summary>One visit of a patient: the encounter and what belongs to it, each resource at the next position.</summary>
internal sealed class VisitLines(Pen pen, Positions wanted)
{
    Story story;
    long patient;
    long encounter;
    long begin;
    ulong chance;

    /// <summary>Where the next resource stands.</summary>
    public long Position { get; private set; }

    /// <summary>All resources of a visit, of which the pen keeps those in the wanted range.</summary>
    public void Write(long position, long patientPosition, Story whose, int number)
    {
        (Position, patient, story, begin, chance) = (position, patientPosition, whose, whose.Begin(number), 0);
        encounter = position;
        var visit = whose.Visit(number);
        var end = begin + 900 + (long)(Draw() % 7_200);
        Encounter(end);
        long? reason = visit.Condition ? Position : null;
        if (visit.Condition) Condition();
        if (visit.Vitals) Vitals();
        if (visit.Panel >= 0) Laboratory(Measures.Panel(visit.Panel, whose.Sex));
        if (visit.Further >= 0) Laboratory(Measures.Panel(visit.Further, whose.Sex));
        for (var order = 0; order < visit.Orders; order++) Order(reason);
        if (visit.Procedure) Procedure();
        if (visit.Vaccination) Vaccination();
    }

    void Encounter(long end)
    {
        pen.Begin("Encounter"u8, Position);
        pen.Part(Pick(Phrases.Encounters));
        Subject("subject"u8);
        pen.Raw(",\"participant\":[{\"individual\":"u8);
        pen.Target("Practitioner"u8, StaffLines.Physician(story.Key));
        pen.Raw("}]"u8);
        Period("period"u8, begin, end);
        pen.Reference("serviceProvider"u8, "Organization"u8, StaffLines.Hospital);
        End();
    }

    void Condition()
    {
        pen.Begin("Condition"u8, Position);
        pen.Part(Pick(Phrases.Conditions));
        Subject("subject"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        pen.Moment("onsetDateTime"u8, begin - (long)(Draw() % 2_592_000));
        pen.Moment("recordedDate"u8, begin);
        End();
    }

    void Vitals()
    {
        foreach (var measure in Measures.Vitals)
        {
            Observation(measure, begin + 300, begin + 300);
            if (measure == Measures.BloodPressure)
            {
                Pressure();
            }
            else
            {
                Value(",\"valueQuantity\":"u8, measure);
            }

            End();
        }
    }

    void Pressure()
    {
        pen.Raw(",\"component\":["u8);
        for (var part = 0; part < Measures.Pressure.Length; part++)
        {
            pen.Raw(part == 0 ? "{"u8 : ",{"u8);
            pen.Raw(Measures.Pressure[part].Component);
            Value(",\"valueQuantity\":"u8, Measures.Pressure[part]);
            pen.Raw("}"u8);
        }

        pen.Raw("]"u8);
    }

    void Laboratory(PanelLines panel)
    {
        var first = Position;
        var issued = begin + 3_600 + (long)(Draw() % 7_200);
        foreach (var measure in panel.Tests)
        {
            Observation(measure, begin + 600, issued);
            Value(",\"valueQuantity\":"u8, measure);
            End();
        }

        pen.Begin("DiagnosticReport"u8, Position);
        pen.Part(Phrases.Laboratory);
        pen.Part(panel.Code);
        Subject("subject"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        pen.Moment("effectiveDateTime"u8, begin + 600);
        pen.Moment("issued"u8, issued);
        pen.References("performer"u8, "Organization"u8, StaffLines.Hospital);
        pen.Raw(",\"result\":["u8);
        for (var result = first; result < Position; result++)
        {
            pen.Raw(result == first ? ""u8 : ","u8);
            pen.Target("Observation"u8, result);
        }

        pen.Raw("]"u8);
        End();
    }

    void Order(long? reason)
    {
        pen.Begin("MedicationRequest"u8, Position);
        pen.Part(Pick(Phrases.Orders));
        Subject("subject"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        pen.Moment("authoredOn"u8, begin + 800);
        pen.Reference("requester"u8, "Practitioner"u8, StaffLines.Physician(story.Key));
        if (reason is { } condition) pen.References("reasonReference"u8, "Condition"u8, condition);
        pen.Part(Phrases.Dosage);
        End();
    }

    void Procedure()
    {
        pen.Begin("Procedure"u8, Position);
        pen.Part(Pick(Phrases.Procedures));
        Subject("subject"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        Period("performedPeriod"u8, begin + 400, begin + 1_000 + (long)(Draw() % 3_600));
        pen.Raw(",\"performer\":[{\"actor\":"u8);
        pen.Target("Practitioner"u8, StaffLines.Physician(story.Key));
        pen.Raw("}]"u8);
        End();
    }

    void Vaccination()
    {
        pen.Begin("Immunization"u8, Position);
        pen.Part(Pick(Phrases.Vaccines));
        Subject("patient"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        pen.Moment("occurrenceDateTime"u8, begin + 700);
        End();
    }

    void Observation(Measure measure, long taken, long issued)
    {
        pen.Begin("Observation"u8, Position);
        pen.Part(measure.Head);
        Subject("subject"u8);
        pen.Reference("encounter"u8, "Encounter"u8, encounter);
        pen.Moment("effectiveDateTime"u8, taken);
        pen.Moment("issued"u8, issued);
        pen.References("performer"u8, "Practitioner"u8, StaffLines.Physician(story.Key));
    }

    void Value(ReadOnlySpan<byte> name, Measure measure)
    {
        var value = measure.Value(Draw(), story.Key);
        pen.Raw(name);
        pen.Raw("{\"value\":"u8);
        pen.Number(value, measure.Decimals);
        pen.Raw(measure.Tails[measure.Flag(value)]);
    }

    void Subject(ReadOnlySpan<byte> name) => pen.Reference(name, "Patient"u8, patient);

    void Period(ReadOnlySpan<byte> name, long start, long end)
    {
        pen.Raw(",\""u8);
        pen.Raw(name);
        pen.Raw("\":{\"start\":\""u8);
        pen.Moment(start);
        pen.Raw("\""u8);
        pen.Moment("end"u8, end);
        pen.Raw("}"u8);
    }

    void End()
    {
        pen.Raw("}"u8);
        pen.End(wanted.Holds(Position));
        Position++;
    }

    byte[] Pick(byte[][] phrases) => phrases[(int)(Draw() % (ulong)phrases.Length)];

    ulong Draw() => chance = Dice.Mix(chance + story.Key + ((ulong)Position * 0x9E3779B97F4A7C15UL));
}
