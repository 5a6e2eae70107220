using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Knowledge;

/// <summary>How far a disease at its full height moves the vital signs. Beats and breaths a minute, mmHg, % points, degrees Celsius.</summary>
internal sealed record Strain(double HeartRate = 0, double Breaths = 0, double Systolic = 0, double Diastolic = 0, double Saturation = 0, double Temperature = 0)
{
    public static readonly Strain None = new();

    public static Strain operator +(Strain a, Strain b) => new(a.HeartRate + b.HeartRate, a.Breaths + b.Breaths, a.Systolic + b.Systolic,
        a.Diastolic + b.Diastolic, a.Saturation + b.Saturation, a.Temperature + b.Temperature);

    public static Strain operator *(Strain a, double share) => new(a.HeartRate * share, a.Breaths * share, a.Systolic * share,
        a.Diastolic * share, a.Saturation * share, a.Temperature * share);
}

/// <summary>What a chronic disease adds to a test: linear from the start of the recorded past to its end (drift up, or therapy working).</summary>
internal sealed record Trend(Analyte Test, double Start, double End);

/// <summary>A lasting illness.</summary>
/// <param name="EarliestAge">Onset is never before this age, in years.</param>
/// <param name="Share">Background frequency at and above <paramref name="CommonFrom"/> years, besides the patients drawn for it.</param>
internal sealed record Disease(Concept Concept, int EarliestAge, int CommonFrom, double Share)
{
    public Sex? Only { get; init; }
    public Strain Strain { get; init; } = Strain.None;
    public Trend[] Trends { get; init; } = [];
    public Drug[] Drugs { get; init; } = [];
    public Panel[] FollowUp { get; init; } = [];
    public string Advice { get; init; } = "Continue the present treatment.";
}

internal static class Diseases
{
    public static readonly Disease Hypertension = new(Named("Essential hypertension", "59621000", "I10", "Essential (primary) hypertension"), 30, 50, 0.35)
    {
        Strain = new(Systolic: 20, Diastolic: 10), Drugs = [Drugs.Lisinopril, Drugs.Amlodipine], FollowUp = [Panels.Metabolic],
        Advice = "Home blood pressure below 135/85 mmHg is the aim; less salt, walk half an hour a day.",
    };
    public static readonly Disease Diabetes = new(Named("Type 2 diabetes mellitus", "44054006", "E11.9", "Type 2 diabetes mellitus without complications"), 35, 55, 0.12)
    {
        Trends = [new(Analytes.GlycatedHaemoglobin, 4.2, 2.1), new(Analytes.Glucose, 105, 50), new(Analytes.Triglycerides, 70, 40)],
        Drugs = [Drugs.Metformin, Drugs.InsulinGlargine], FollowUp = [Panels.GlycatedHaemoglobin, Panels.Metabolic, Panels.Lipids],
        Advice = "HbA1c is coming down on therapy. Yearly eye and foot check; carry on with diet and exercise.",
    };
    public static readonly Disease Hyperlipidaemia = new(Named("Hyperlipidemia", "55822004", "E78.5", "Hyperlipidemia, unspecified"), 35, 50, 0.25)
    {
        Trends = [new(Analytes.Ldl, 75, -5), new(Analytes.Triglycerides, 45, 20)], Drugs = [Drugs.Simvastatin], FollowUp = [Panels.Lipids],
        Advice = "LDL cholesterol falls on the statin; no muscle pain reported.",
    };
    public static readonly Disease Copd = new(Named("Chronic obstructive lung disease", "13645005", "J44.9", "Chronic obstructive pulmonary disease, unspecified"), 48, 200, 0)
    {
        Strain = new(HeartRate: 6, Breaths: 3, Saturation: -3.5), Drugs = [Drugs.Tiotropium, Drugs.FluticasoneSalmeterol, Drugs.Albuterol], FollowUp = [Panels.BloodCount],
        Advice = "Inhaler technique checked. Smoking cessation offered again.",
    };
    public static readonly Disease HeartFailure = new(Named("Heart failure", "84114007", "I50.9", "Heart failure, unspecified"), 55, 200, 0)
    {
        Strain = new(HeartRate: 6, Breaths: 2, Systolic: -8, Saturation: -1), Trends = [new(Analytes.Bnp, 420, 260), new(Analytes.Creatinine, 0.15, 0.35)],
        Drugs = [Drugs.Lisinopril, Drugs.Metoprolol, Drugs.FurosemideTablet, Drugs.Spironolactone], FollowUp = [Panels.Bnp, Panels.Metabolic],
        Advice = "Weigh every morning; call when weight rises by 2 kg within three days.",
    };
    public static readonly Disease KidneyDisease = new(Named("Chronic kidney disease stage 3", "433144002", "N18.30", "Chronic kidney disease, stage 3 unspecified"), 45, 200, 0)
    {
        Strain = new(Systolic: 8), Trends = [new(Analytes.Creatinine, 0.5, 0.95), new(Analytes.Urea, 12, 24), new(Analytes.Potassium, 0.3, 0.6), new(Analytes.Haemoglobin, -1.0, -2.2), new(Analytes.Bicarbonate, -2, -4)],
        Drugs = [Drugs.Lisinopril], FollowUp = [Panels.Metabolic, Panels.BloodCount],
        Advice = "Creatinine is rising slowly. Avoid anti-inflammatory painkillers; nephrology referral when eGFR falls below 30.",
    };
    public static readonly Disease Asthma = new(Named("Asthma", "195967001", "J45.909", "Unspecified asthma, uncomplicated"), 4, 200, 0)
    {
        Strain = new(Breaths: 1, Saturation: -0.6), Drugs = [Drugs.Fluticasone, Drugs.Albuterol], Advice = "Asthma plan reviewed; reliever needed about twice a week.",
    };
    public static readonly Disease AtrialFibrillation = new(Named("Atrial fibrillation", "49436004", "I48.91", "Unspecified atrial fibrillation"), 55, 75, 0.12)
    {
        Strain = new(HeartRate: 12), Trends = [new(Analytes.Inr, 1.4, 1.5)], Drugs = [Drugs.Warfarin, Drugs.Metoprolol], FollowUp = [Panels.Inr],
        Advice = "Rate controlled. INR between 2 and 3 is the aim.",
    };
    public static readonly Disease Coronary = new(Named("Coronary arteriosclerosis", "53741008", "I25.10", "Atherosclerotic heart disease of native coronary artery without angina pectoris"), 45, 70, 0.1)
    {
        Trends = [new(Analytes.Ldl, 20, -30)], Drugs = [Drugs.Aspirin, Drugs.Atorvastatin], FollowUp = [Panels.Lipids], Advice = "No angina on exertion. Continue aspirin and statin.",
    };
    public static readonly Disease Depression = new(Named("Depressive disorder", "35489007", "F32.9", "Major depressive disorder, single episode, unspecified"), 16, 18, 0.05)
    {
        Drugs = [Drugs.Sertraline], FollowUp = [Panels.Tsh], Advice = "Mood better, sleep improved; no thoughts of self-harm. Continue for six months.",
    };
    public static readonly Disease Hypothyroidism = new(Named("Hypothyroidism", "40930008", "E03.9", "Hypothyroidism, unspecified"), 25, 50, 0.06)
    {
        Trends = [new(Analytes.Tsh, 5.5, 0.6)], Drugs = [Drugs.Levothyroxine], FollowUp = [Panels.Tsh], Advice = "TSH is back in range on the present dose.",
    };
    public static readonly Disease Obesity = new(Named("Obesity", "414916001", "E66.9", "Obesity, unspecified"), 20, 30, 0.12) { Advice = "Dietary advice given." };
    public static readonly Disease KneeArthrosis = new(Named("Osteoarthritis of knee", "239873007", "M17.9", "Osteoarthritis of knee, unspecified"), 50, 65, 0.2)
    {
        Drugs = [Drugs.Paracetamol], Advice = "Physiotherapy twice a week.",
    };
    public static readonly Disease IronDeficiency = new(Named("Iron deficiency anemia", "87522002", "D50.9", "Iron deficiency anemia, unspecified"), 15, 18, 0.04)
    {
        Only = Sex.Female, Trends = [new(Analytes.Haemoglobin, -3.2, -0.3)], Drugs = [Drugs.Iron], FollowUp = [Panels.BloodCount], Advice = "Haemoglobin is rising on iron.",
    };
    public static readonly Disease Epilepsy = new(Named("Epilepsy", "84757009", "G40.909", "Epilepsy, unspecified, not intractable, without status epilepticus"), 6, 200, 0)
    {
        Drugs = [Drugs.Levetiracetam], Advice = "Free of seizures since the last visit.",
    };

    /// <summary>In the order in which background illness is drawn.</summary>
    public static readonly IReadOnlyList<Disease> Background =
        [Hypertension, Diabetes, Hyperlipidaemia, AtrialFibrillation, Coronary, Depression, Hypothyroidism, Obesity, KneeArthrosis, IronDeficiency];

    public static Concept Named(string text, string snomed, string icd10, string icdDisplay) =>
        new(text, Terms.Snomed(snomed, text), Terms.Icd10(icd10, icdDisplay));
}
