using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>Measures the patient and enters the results into the chart.</summary>
internal sealed class Recorder(Chart chart, Physiology body, TimeFrame frame, Roster roster, Dice dice)
{
    public Chart Chart => chart;
    public Person Person => chart.Person;
    public TimeFrame Frame => frame;
    public Roster Roster => roster;

    public VitalSigns Vitals(Contact contact, DateTimeOffset moment, Illness? illness, Clinician who)
    {
        var signs = body.Vitals(moment, illness);
        Add(contact, moment, who, VitalCodes.HeartRate, new(signs.HeartRate, "beats/minute", "/min"));
        Add(contact, moment, who, VitalCodes.Breaths, new(signs.Breaths, "breaths/minute", "/min"));
        if (Person.AgeAt(moment) >= 3)
        {
            chart.Measurements.Add(New(contact, moment, who, VitalCodes.BloodPressure) with
            {
                Parts = [(VitalCodes.Systolic, new(signs.Systolic, "mmHg", "mm[Hg]")), (VitalCodes.Diastolic, new(signs.Diastolic, "mmHg", "mm[Hg]"))],
            });
        }
        Add(contact, moment, who, VitalCodes.Saturation, new(signs.Saturation, "%", "%"), VitalCodes.ArterialSaturation);
        Add(contact, moment, who, VitalCodes.Temperature, new(signs.Temperature, "Cel", "Cel"));
        return signs;
    }

    /// <summary>Consciousness and oxygen, which early-warning scores need beside the vital signs.</summary>
    public void Nursing(Contact contact, DateTimeOffset moment, VitalSigns signs, Clinician who)
    {
        var finding = VitalCodes.Levels[(int)signs.Consciousness];
        chart.Measurements.Add(New(contact, moment, who, VitalCodes.Consciousness) with { Finding = finding.Concept() });
        Add(contact, moment, who, VitalCodes.OxygenFlow, new(signs.Oxygen, "L/min", "L/min"));
    }

    public void Build(Contact contact, DateTimeOffset moment, Clinician who)
    {
        var (height, weight) = (body.Height(moment), body.Weight(moment));
        Add(contact, moment, who, VitalCodes.Weight, new(weight, "kg", "kg"));
        Add(contact, moment, who, VitalCodes.Height, new(height, "cm", "cm"));
        var metres = height / 100;
        Add(contact, moment, who, VitalCodes.MassIndex, new(Math.Round(weight / (metres * metres), 1, MidpointRounding.AwayFromZero), "kg/m2", "kg/m2"));
    }

    public void Social(Contact contact, DateTimeOffset moment, Code finding, Clinician who) =>
        chart.Measurements.Add(New(contact, moment, who, VitalCodes.Smoking) with { Kind = MeasurementKind.Social, Finding = finding.Concept() });

    /// <summary>Draws blood: the results of each panel and a report over them, some hours later.</summary>
    public void Laboratory(Contact contact, DateTimeOffset moment, IEnumerable<Panel> panels, Illness? illness, Clinician who)
    {
        var issued = moment.AddMinutes(dice.Between(45, 170));
        if (issued > frame.Until) issued = frame.Until;
        foreach (var panel in panels.Distinct())
        {
            var values = Values(panel, moment, illness);
            var results = values.Select(pair => Result(contact, moment, issued, pair.Key, pair.Value, who)).ToList();
            chart.Measurements.AddRange(results);
            chart.Reports.Add(new(chart.NextId("report"), panel, moment, issued, contact.Reference, who, [.. results.Select(result => result.Reference)], Conclusion(values, moment)));
        }
    }

    Dictionary<Analyte, decimal> Values(Panel panel, DateTimeOffset moment, Illness? illness)
    {
        var values = new Dictionary<Analyte, decimal>();
        foreach (var test in panel.Tests)
            if (test != Analytes.FiltrationRate && test != Analytes.Cholesterol) values[test] = body.Value(test, moment, illness);
        if (panel.Tests.Contains(Analytes.FiltrationRate) && Person.AgeAt(moment) >= 18)
            values[Analytes.FiltrationRate] = FiltrationRate(values[Analytes.Creatinine], (int)Person.AgeAt(moment));
        // Friedewald turned round, so that the calculated LDL agrees with the other three (Clin Chem 1972;18:499).
        if (panel.Tests.Contains(Analytes.Cholesterol))
            values[Analytes.Cholesterol] = values[Analytes.Ldl] + values[Analytes.Hdl] + Math.Round(values[Analytes.Triglycerides] / 5, MidpointRounding.AwayFromZero);
        return values;
    }

    /// <summary>Four-variable MDRD with standardized creatinine (Levey et al., Ann Intern Med 2006;145:247): what LOINC 33914-3 means.</summary>
    decimal FiltrationRate(decimal creatinine, int age)
    {
        var rate = 175 * Arithmetic.Power((double)creatinine, -1.154) * Arithmetic.Power(age, -0.203) * (Person.Sex == Sex.Female ? 0.742 : 1);
        return Arithmetic.Round(Math.Clamp(rate, Analytes.FiltrationRate.Floor, Analytes.FiltrationRate.Ceiling), 0);
    }

    Measurement Result(Contact contact, DateTimeOffset moment, DateTimeOffset issued, Analyte test, decimal value, Clinician who) =>
        New(contact, moment, who, test.Code) with
        {
            Kind = MeasurementKind.Laboratory,
            Amount = new(value, test.Unit, test.Unit),
            Limits = test.Limits(Person.Sex, Person.AgeAt(moment)),
            Issued = issued,
        };

    string Conclusion(Dictionary<Analyte, decimal> values, DateTimeOffset moment)
    {
        var odd = values.Select(pair => (pair.Key.Name, Flag: pair.Key.Limits(Person.Sex, Person.AgeAt(moment)).Flag(pair.Value))).Where(result => result.Flag != "N")
            .Select(result => $"{result.Name} {(result.Flag == "H" ? "high" : "low")}").ToList();
        return odd.Count == 0 ? "Within the reference range." : string.Join("; ", odd) + ".";
    }

    void Add(Contact contact, DateTimeOffset moment, Clinician who, Code code, Amount amount, params Code[] more) =>
        chart.Measurements.Add(New(contact, moment, who, [code, .. more]) with { Amount = amount });

    Measurement New(Contact contact, DateTimeOffset moment, Clinician who, params Code[] codes) =>
        new(chart.NextId("obs"), MeasurementKind.Vital, moment, contact.Reference, who, codes);
}
