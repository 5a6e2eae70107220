using Salus.Kernel;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>What a fact is about. Stored: never change a number. From 100 on, 100 plus the number of a <see cref="Scores.Lab"/>.</summary>
internal enum FactKind : short
{
    /// <summary>The resource says nothing (any more).</summary>
    None = 0,
    /// <summary>First possible day of birth: days since 0001-01-01.</summary>
    BirthDate = 1,
    /// <summary>1 pregnant, 0 not.</summary>
    Pregnancy = 2,
    /// <summary>A Flag asks for SpO2 scale 2.</summary>
    SecondScale = 3,
    /// <summary>The SpO2 scale that a clinician set here: 1 or 2. It comes before a Flag.</summary>
    SetScale = 4,
    /// <summary>Whether the patient gets oxygen, as a clinician said here: 0 or 1.</summary>
    SetOxygen = 5,
    /// <summary>A stay in hospital: 1 while it goes on, 0 from its end.</summary>
    Stay = 6,
    /// <summary>Laboratory values, thousandths of the lab's unit.</summary>
    Lab = 100,
}

/// <summary>One thing that a resource says of a patient; a row of <c>monitoring.fact</c>.</summary>
/// <param name="Source">The resource, as <c>Observation/1</c>; <c>set/scale</c> and <c>set/oxygen</c> for what was set here.</param>
/// <param name="Patient">Logical id.</param>
/// <param name="At">When it was so: of a laboratory value when the specimen was taken.</param>
internal sealed record Fact(Tenant Tenant, string Source, string Patient, FactKind Kind, int Value, DateTimeOffset At);
