using Salus.Simulation.Json;

namespace Salus.Simulation.Knowledge;

/// <summary>Codes of the R4 vital signs profile (https://hl7.org/fhir/R4/observation-vitalsigns.html) and of what NEWS2 adds to it.</summary>
internal static class VitalCodes
{
    public static readonly Code HeartRate = Terms.Loinc("8867-4", "Heart rate");
    public static readonly Code Breaths = Terms.Loinc("9279-1", "Respiratory rate");
    public static readonly Code BloodPressure = Terms.Loinc("85354-9", "Blood pressure panel with all children optional");
    public static readonly Code Systolic = Terms.Loinc("8480-6", "Systolic blood pressure");
    public static readonly Code Diastolic = Terms.Loinc("8462-4", "Diastolic blood pressure");
    public static readonly Code Saturation = Terms.Loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry");

    /// <summary>The profile's own code, beside the one that names the method.</summary>
    public static readonly Code ArterialSaturation = Terms.Loinc("2708-6", "Oxygen saturation in Arterial blood");
    public static readonly Code Temperature = Terms.Loinc("8310-5", "Body temperature");
    public static readonly Code Weight = Terms.Loinc("29463-7", "Body weight");
    public static readonly Code Height = Terms.Loinc("8302-2", "Body height");
    public static readonly Code MassIndex = Terms.Loinc("39156-5", "Body mass index (BMI) [Ratio]");
    public static readonly Code Consciousness = Terms.Loinc("80288-4", "Level of consciousness");
    public static readonly Code OxygenFlow = Terms.Loinc("3151-8", "Inhaled oxygen flow rate");
    public static readonly Code Smoking = Terms.Loinc("72166-2", "Tobacco smoking status");

    /// <summary>ACVPU, in the order of <see cref="Course.Consciousness"/>.</summary>
    public static readonly IReadOnlyList<Code> Levels =
    [
        Terms.Snomed("248234008", "Mentally alert"), Terms.Snomed("130987000", "Acute confusion"), Terms.Snomed("300202002", "Responds to voice"),
        Terms.Snomed("450847001", "Responds to pain"), Terms.Snomed("422768004", "Unresponsive"),
    ];

    public static readonly IReadOnlyList<Code> SmokingStates =
        [Terms.Snomed("266919005", "Never smoked tobacco"), Terms.Snomed("8517006", "Ex-smoker"), Terms.Snomed("449868002", "Smokes tobacco daily")];
}
