namespace Salus.Monitoring.Scores;

/// <summary>A laboratory value that a score uses.</summary>
/// <param name="Value">Thousandths of the lab's unit.</param>
/// <param name="Time">When the specimen was taken: milliseconds since 1970 UTC.</param>
internal readonly record struct LabValue(int Value, long Time);

/// <summary>The laboratory tests that scores use, and their units. Stored: never change a number.</summary>
internal enum Lab : short
{
    /// <summary>10*9/L.</summary>
    Platelets = 1,
    /// <summary>Total, mg/dL.</summary>
    Bilirubin = 2,
    /// <summary>mg/dL.</summary>
    Creatinine = 3,
    /// <summary>White cells, 10*9/L.</summary>
    Leukocytes = 4,
    /// <summary>Band forms, % of the neutrophils or leukocytes counted.</summary>
    Bands = 5,
    /// <summary>Arterial oxygen pressure, mmHg.</summary>
    ArterialOxygen = 6,
    /// <summary>Arterial carbon dioxide pressure, mmHg.</summary>
    ArterialCarbonDioxide = 7,
}

/// <summary>What scores need to know of a patient that no device measures. Immutable.</summary>
internal sealed record PatientFacts
{
    /// <summary>Nothing is known.</summary>
    public static readonly PatientFacts Unknown = new();

    /// <summary>The first day that it can be; null when it is not known.</summary>
    public DateOnly? BirthDate { get; init; }

    public bool Pregnant { get; init; }

    /// <summary>1, or 2 where a clinician decided on a target of 88 to 92 % in hypercapnic respiratory failure.</summary>
    public int Spo2Scale { get; init; } = 1;

    /// <summary>Whether the patient gets oxygen, as somebody said; null where what devices measure decides.</summary>
    public bool? Oxygen { get; init; }

    /// <summary>When the last stay in hospital ended, milliseconds since 1970 UTC; null where one goes on, or none is known.</summary>
    public long? DischargedAt { get; init; }

    /// <summary>The newest value of each test.</summary>
    public IReadOnlyDictionary<Lab, LabValue> Labs { get; init; } = new Dictionary<Lab, LabValue>();

    /// <summary>Completed years at a time in milliseconds since 1970 UTC; null when the birth date is not known.</summary>
    public int? AgeAt(long now)
    {
        if (BirthDate is not { } birth)
        {
            return null;
        }

        var today = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(now).UtcDateTime);
        var years = today.Year - birth.Year;
        return birth.AddYears(years) > today ? years - 1 : years;
    }
}
