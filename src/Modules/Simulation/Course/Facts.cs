using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;

namespace Salus.Simulation.Course;

/// <summary>The recorded past: nothing regular before <paramref name="From"/>, nothing at all after <paramref name="Until"/>.</summary>
internal sealed record TimeFrame(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Share of the past that has gone by, 0 to 1.</summary>
    public double Share(DateTimeOffset moment) => Math.Clamp((double)(moment - From).Ticks / (Until - From).Ticks, 0, 1);
}

internal enum ContactKind { Ambulatory, Emergency, Inpatient }

internal sealed record Placement(string Location, string Name, bool IsBed, DateTimeOffset Start, DateTimeOffset? End);

/// <summary>An Encounter. Its reason is the first problem.</summary>
internal sealed record Contact(string Id, ContactKind Kind, DateTimeOffset Start, DateTimeOffset? End, Code Type, string Reason, Clinician Physician)
{
    public Clinician? Nurse { get; init; }
    public IReadOnlyList<Placement> Places { get; init; } = [];
    public IReadOnlyList<string> Problems { get; init; } = [];
    public string? AdmitSource { get; init; }
    public Code? Disposition { get; init; }
    public string Reference => "Encounter/" + Id;
}

internal sealed record Problem(string Id, Concept Concept, bool Lasting, DateTimeOffset Onset, DateTimeOffset? End, string? Contact, Clinician Recorder)
{
    public bool Severe { get; init; }
    public string Reference => "Condition/" + Id;
}

internal sealed record Sensitivity(string Id, Allergen? Allergen, DateTimeOffset Recorded, Clinician Recorder);

internal sealed record Order(string Id, Drug Drug, bool Inpatient, bool Active, DateTimeOffset Authored, string? Contact, string? Reason, Clinician Prescriber);

internal enum MeasurementKind { Vital, Laboratory, Social }

internal sealed record Amount(decimal Value, string Unit, string Ucum);

/// <summary>An Observation: an amount, a concept, or parts of it (blood pressure).</summary>
internal sealed record Measurement(string Id, MeasurementKind Kind, DateTimeOffset Taken, string Contact, Clinician Performer, params Code[] Codes)
{
    public Amount? Amount { get; init; }
    public Concept? Finding { get; init; }
    public IReadOnlyList<(Code Code, Amount Amount)> Parts { get; init; } = [];
    public Limits? Limits { get; init; }
    public DateTimeOffset? Issued { get; init; }
    public string Reference => "Observation/" + Id;
}

internal sealed record Report(string Id, Panel Panel, DateTimeOffset Taken, DateTimeOffset Issued, string Contact, Clinician Orderer, IReadOnlyList<string> Results, string Conclusion);

internal sealed record Note(string Id, Code Type, string Title, string Text, DateTimeOffset Written, string Contact, Clinician Author);

internal sealed record Intervention(string Id, Concept Concept, DateTimeOffset Start, DateTimeOffset End, string Contact, string Reason, Clinician Performer);

internal sealed record Vaccination(string Id, Code Vaccine, DateTimeOffset Given, string? Contact, Clinician Performer);

internal sealed record Plan(string Id, string Title, string Description, string Problem, DateTimeOffset Start, Clinician Author, params string[] Steps);
