using Salus.Simulation.Json;

namespace Salus.Simulation.Knowledge;

/// <summary>A drug as it is usually ordered.</summary>
/// <param name="RxNorm">Only where the code is certain; the text is always there.</param>
/// <param name="Unit">UCUM unit of the dose.</param>
/// <param name="PerDay">Doses a day.</param>
/// <param name="Class">Allergy class that rules it out.</param>
internal sealed record Drug(
    string Text, string? RxNorm, decimal Dose, string Unit, Route Route, int PerDay, bool AsNeeded = false, DrugClass Class = DrugClass.Other)
{
    public Concept Concept => RxNorm is null ? new Concept(Text) : new Concept(Text, Terms.RxNorm(RxNorm, Text));
}

internal enum DrugClass { Other, Penicillin, Sulfonamide, AntiInflammatory }

internal sealed record Route(string Words, Code Code)
{
    public static readonly Route Mouth = new("by mouth", Terms.Snomed("26643006", "Oral route"));
    public static readonly Route Vein = new("intravenously", Terms.Snomed("47625008", "Intravenous route"));
    public static readonly Route Skin = new("subcutaneously", Terms.Snomed("34206005", "Subcutaneous route"));
    public static readonly Route Airway = new("by inhalation", Terms.Snomed("447694001", "Respiratory tract route"));
}

/// <summary>RxNorm codes are given where they are certain: all but lisinopril were compared with a public FHIR data set. The rest stay text.</summary>
internal static class Drugs
{
    public static readonly Drug Lisinopril = Tablet("Lisinopril 10 MG Oral Tablet", "314076", 10);
    public static readonly Drug Amlodipine = Tablet("Amlodipine 5 MG Oral Tablet", "197361", 5);
    public static readonly Drug Metformin = Tablet("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "860975", 500, 2);
    public static readonly Drug Atorvastatin = Tablet("Atorvastatin 80 MG Oral Tablet", "259255", 80);
    public static readonly Drug Simvastatin = Tablet("Simvastatin 20 MG Oral Tablet", "312961", 20);
    public static readonly Drug Aspirin = Tablet("Aspirin 81 MG Oral Tablet", "243670", 81);
    public static readonly Drug Clopidogrel = Tablet("Clopidogrel 75 MG Oral Tablet", "309362", 75);
    public static readonly Drug Warfarin = Tablet("Warfarin Sodium 5 MG Oral Tablet", "855332", 5);
    public static readonly Drug Metoprolol = Tablet("Metoprolol succinate 50 MG extended release tablet", null, 50);
    public static readonly Drug Spironolactone = Tablet("Spironolactone 25 MG tablet", null, 25);
    public static readonly Drug FurosemideTablet = Tablet("Furosemide 40 MG tablet", null, 40);
    public static readonly Drug Furosemide = Infusion("10 ML Furosemide 10 MG/ML Injection", "1719286", 40, "mg", 2);
    public static readonly Drug Sertraline = Tablet("Sertraline 50 MG tablet", null, 50);
    public static readonly Drug Levothyroxine = Tablet("Levothyroxine Sodium 0.075 MG Oral Tablet", "966222", 0.075m);
    public static readonly Drug Levetiracetam = Tablet("Levetiracetam 500 MG tablet", null, 500, 2);
    public static readonly Drug Prednisone = Tablet("predniSONE 5 MG Oral Tablet", "312617", 40);
    public static readonly Drug Paracetamol = Tablet("Acetaminophen 325 MG Oral Tablet", "313782", 650, 4) with { AsNeeded = true };
    public static readonly Drug Ibuprofen = Tablet("Ibuprofen 200 MG Oral Tablet", "310965", 400, 3) with { AsNeeded = true, Class = DrugClass.AntiInflammatory };
    public static readonly Drug Nitrofurantoin = Tablet("Nitrofurantoin 100 MG capsule", null, 100, 2);
    public static readonly Drug Cotrimoxazole = Tablet("Sulfamethoxazole 800 MG / trimethoprim 160 MG tablet", null, 960, 2) with { Class = DrugClass.Sulfonamide };
    public static readonly Drug Amoxicillin = Tablet("Amoxicillin 500 MG Oral Tablet", "308192", 500, 3) with { Class = DrugClass.Penicillin };
    public static readonly Drug Azithromycin = Tablet("Azithromycin 500 MG tablet", null, 500);
    public static readonly Drug Iron = Tablet("ferrous sulfate 325 MG Oral Tablet", "310325", 325);
    public static readonly Drug FolicAcid = Tablet("Folic acid 0.4 MG tablet", null, 0.4m);
    public static readonly Drug Omeprazole = Tablet("Omeprazole 20 MG delayed release capsule", null, 20);
    public static readonly Drug ChildParacetamol = new("Acetaminophen oral suspension 32 MG/ML", null, 5, "mL", Route.Mouth, 4, true);
    public static readonly Drug Albuterol = new("200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "745679", 2, "{puff}", Route.Airway, 4, true);
    public static readonly Drug FluticasoneSalmeterol = new("60 ACTUAT Fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler", "896209", 1, "{puff}", Route.Airway, 2);
    public static readonly Drug Fluticasone = new("120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler", "895994", 2, "{puff}", Route.Airway, 2);
    public static readonly Drug Tiotropium = new("Tiotropium 18 UG inhalation capsule", null, 18, "ug", Route.Airway, 1);
    public static readonly Drug InsulinGlargine = new("Insulin glargine 100 UNT/ML pen", null, 18, "[IU]", Route.Skin, 1);
    public static readonly Drug Enoxaparin = new("Enoxaparin 40 MG prefilled syringe", null, 40, "mg", Route.Skin, 1);
    public static readonly Drug Ceftriaxone = Infusion("Ceftriaxone 2 G infusion", null, 2, "g", 1);
    public static readonly Drug Piperacillin = Infusion("Piperacillin 4000 MG / tazobactam 500 MG Injection", "1659149", 4.5m, "g", 4) with { Class = DrugClass.Penicillin };
    public static readonly Drug Meropenem = Infusion("Meropenem 1 G infusion", null, 1, "g", 3);
    public static readonly Drug Cefazolin = Infusion("Cefazolin 2 G infusion", null, 2, "g", 3);
    public static readonly Drug Norepinephrine = Infusion("Norepinephrine 4 MG in 50 ML, syringe pump, titrated to mean arterial pressure 65 mmHg", null, 4, "mg", 1);
    public static readonly Drug Saline = Infusion("Sodium Chloride 9 MG/ML Injectable Solution", "313002", 500, "mL", 2);
    public static readonly Drug Morphine = Infusion("1 ML Morphine Sulfate 5 MG/ML Injection", "1732136", 2.5m, "mg", 4) with { AsNeeded = true };
    public static readonly Drug Ondansetron = Infusion("2 ML Ondansetron 2 MG/ML Injection", "1740467", 4, "mg", 3) with { AsNeeded = true };
    public static readonly Drug Oxytocin = Infusion("Oxytocin 10 UNT infusion", null, 10, "[IU]", 1);

    static Drug Tablet(string text, string? rxNorm, decimal milligrams, int perDay = 1) => new(text, rxNorm, milligrams, "mg", Route.Mouth, perDay);

    static Drug Infusion(string text, string? rxNorm, decimal dose, string unit, int perDay) => new(text, rxNorm, dose, unit, Route.Vein, perDay);
}
