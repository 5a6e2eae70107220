using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Knowledge;

/// <summary>Reference limits; null where that side has none.</summary>
internal sealed record Limits(double? Low, double? High)
{
    public string Flag(decimal value) => value < (decimal?)Low ? "L" : value > (decimal?)High ? "H" : "N";
}

/// <summary>A laboratory test.</summary>
/// <param name="Unit">UCUM, and shown as it is.</param>
/// <param name="Limits">By sex and age in years.</param>
/// <param name="Floor">Lowest and <paramref name="Ceiling"/> highest value that is ever reported.</param>
/// <param name="Typical">The healthy mean; null: the middle of the limits.</param>
/// <param name="Spread">Deviation between healthy people; null: a tenth of the width of the limits.</param>
internal sealed record Analyte(
    string Name, Code Code, string Unit, int Decimals, Func<Sex, double, Limits> Limits, double Floor, double Ceiling,
    double? Typical = null, double? Spread = null);

/// <summary>
/// Reference limits are those commonly printed by adult hospital laboratories (e.g. Mayo Clinic Laboratories' test catalogue), with coarse
/// paediatric bands for the tests that need them. They are meant to look right, not to be used for care.
/// </summary>
internal static class Analytes
{
    public static readonly Analyte Haemoglobin = new("Haemoglobin", Terms.Loinc("718-7", "Hemoglobin [Mass/volume] in Blood"), "g/dL", 1,
        (sex, age) => age switch
        {
            < 0.1 => new(13.5, 21.5),
            < 2 => new(10.0, 14.0),
            < 13 => new(11.5, 15.5),
            _ => sex == Sex.Male ? new(13.5, 17.5) : new(12.0, 15.5),
        }, 4, 22);

    public static readonly Analyte Leukocytes = new("Leukocytes", Terms.Loinc("6690-2", "Leukocytes [#/volume] in Blood by Automated count"), "10*3/uL", 1,
        (_, age) => age switch { < 0.1 => new(9.0, 30.0), < 2 => new(6.0, 17.0), < 13 => new(5.0, 14.5), _ => new(4.5, 11.0) }, 0.5, 60);

    public static readonly Analyte Platelets = Fixed("Platelets", "777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 0, 150, 400, 15, 900);

    public static readonly Analyte Creatinine = new("Creatinine", Terms.Loinc("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"), "mg/dL", 2,
        (sex, age) => age switch { < 2 => new(0.2, 0.5), < 13 => new(0.3, 0.7), _ => sex == Sex.Male ? new(0.74, 1.35) : new(0.59, 1.04) }, 0.15, 12);

    public static readonly Analyte Urea = Fixed("Urea nitrogen", "3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 0, 7, 20, 3, 150);
    public static readonly Analyte Sodium = Fixed("Sodium", "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 0, 135, 145, 115, 160);
    public static readonly Analyte Potassium = Fixed("Potassium", "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 1, 3.5, 5.1, 2.5, 7);
    public static readonly Analyte Bicarbonate = Fixed("Bicarbonate", "1963-8", "Bicarbonate [Moles/volume] in Serum or Plasma", "mmol/L", 0, 22, 29, 8, 45);
    public static readonly Analyte Glucose = Fixed("Glucose", "2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 0, 70, 99, 40, 600);

    public static readonly Analyte FiltrationRate = Above("eGFR", "33914-3", "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)",
        "mL/min/{1.73_m2}", 0, 60, 3, 150, 95, 10);

    public static readonly Analyte GlycatedHaemoglobin = Fixed("HbA1c", "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 1, 4.0, 5.6, 4, 15);
    public static readonly Analyte CReactiveProtein = Below("C-reactive protein", "1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L", 1, 5, 0.2, 450, 1.8, 0.8);
    public static readonly Analyte Procalcitonin = Below("Procalcitonin", "33959-8", "Procalcitonin [Mass/volume] in Serum or Plasma", "ng/mL", 2, 0.1, 0.02, 100, 0.05, 0.01);
    public static readonly Analyte Lactate = Fixed("Lactate", "2524-7", "Lactate [Moles/volume] in Serum or Plasma", "mmol/L", 1, 0.5, 2.0, 0.4, 18);
    public static readonly Analyte Alt = new("ALT", Terms.Loinc("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"), "U/L", 0,
        (sex, _) => sex == Sex.Male ? new(7, 55) : new(7, 45), 5, 2000);
    public static readonly Analyte Bilirubin = Fixed("Bilirubin, total", "1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 1, 0.1, 1.2, 0.1, 25);
    public static readonly Analyte Ldl = Below("LDL cholesterol", "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL", 0, 130, 25, 300, 98, 14);
    public static readonly Analyte Hdl = new("HDL cholesterol", Terms.Loinc("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma"), "mg/dL", 0,
        (sex, _) => new(sex == Sex.Male ? 40 : 50, null), 20, 110, 56, 6);
    public static readonly Analyte Triglycerides = Below("Triglycerides", "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", 0, 150, 35, 390, 100, 20);
    public static readonly Analyte Cholesterol = Below("Cholesterol, total", "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 0, 200, 60, 500, 170, 15);
    public static readonly Analyte Troponin = Below("Troponin I", "10839-9", "Troponin I.cardiac [Mass/volume] in Serum or Plasma", "ng/mL", 2, 0.04, 0.01, 50, 0.02, 0.005);
    public static readonly Analyte Bnp = Below("BNP", "42637-9", "Natriuretic peptide B [Mass/volume] in Blood", "pg/mL", 0, 100, 5, 5000, 40, 15);
    public static readonly Analyte Tsh = Fixed("TSH", "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 2, 0.4, 4.5, 0.05, 60);
    public static readonly Analyte Inr = Fixed("INR", "6301-6", "INR in Platelet poor plasma by Coagulation assay", "{INR}", 1, 0.8, 1.2, 0.8, 8);
    public static readonly Analyte ArterialPh = Fixed("Arterial pH", "2744-1", "pH of Arterial blood", "[pH]", 2, 7.35, 7.45, 6.95, 7.65);
    public static readonly Analyte CarbonDioxide = Fixed("Arterial pCO2", "2019-8", "Carbon dioxide [Partial pressure] in Arterial blood", "mm[Hg]", 0, 35, 45, 20, 95);
    public static readonly Analyte Oxygen = Fixed("Arterial pO2", "2703-7", "Oxygen [Partial pressure] in Arterial blood", "mm[Hg]", 0, 80, 100, 40, 180);

    static Analyte Fixed(string name, string loinc, string display, string unit, int decimals, double low, double high, double floor, double ceiling) =>
        new(name, Terms.Loinc(loinc, display), unit, decimals, (_, _) => new(low, high), floor, ceiling);

    static Analyte Below(string name, string loinc, string display, string unit, int decimals, double high, double floor, double ceiling, double typical, double spread) =>
        new(name, Terms.Loinc(loinc, display), unit, decimals, (_, _) => new(null, high), floor, ceiling, typical, spread);

    static Analyte Above(string name, string loinc, string display, string unit, int decimals, double low, double floor, double ceiling, double typical, double spread) =>
        new(name, Terms.Loinc(loinc, display), unit, decimals, (_, _) => new(low, null), floor, ceiling, typical, spread);
}

/// <summary>Tests that are ordered together; one DiagnosticReport.</summary>
internal sealed record Panel(Code Code, string Name, params Analyte[] Tests)
{
    public static Panel Single(Analyte test) => new(test.Code, test.Name, test);
}

internal static class Panels
{
    public static readonly Panel BloodCount = new(Terms.Loinc("58410-2", "CBC panel - Blood by Automated count"), "Blood count",
        Analytes.Haemoglobin, Analytes.Leukocytes, Analytes.Platelets);
    public static readonly Panel Metabolic = new(Terms.Loinc("51990-0", "Basic metabolic panel - Blood"), "Basic metabolic panel",
        Analytes.Sodium, Analytes.Potassium, Analytes.Bicarbonate, Analytes.Urea, Analytes.Creatinine, Analytes.FiltrationRate, Analytes.Glucose);
    public static readonly Panel Lipids = new(Terms.Loinc("24331-1", "Lipid 1996 panel - Serum or Plasma"), "Lipid panel",
        Analytes.Cholesterol, Analytes.Hdl, Analytes.Triglycerides, Analytes.Ldl);
    public static readonly Panel Liver = new(Terms.Loinc("24325-3", "Hepatic function 2000 panel - Serum or Plasma"), "Liver tests", Analytes.Alt, Analytes.Bilirubin);
    public static readonly Panel BloodGas = new(Terms.Loinc("24336-0", "Gas panel - Arterial blood"), "Arterial blood gas",
        Analytes.ArterialPh, Analytes.CarbonDioxide, Analytes.Oxygen);
    public static readonly Panel GlycatedHaemoglobin = Panel.Single(Analytes.GlycatedHaemoglobin);
    public static readonly Panel CReactiveProtein = Panel.Single(Analytes.CReactiveProtein);
    public static readonly Panel Procalcitonin = Panel.Single(Analytes.Procalcitonin);
    public static readonly Panel Lactate = Panel.Single(Analytes.Lactate);
    public static readonly Panel Troponin = Panel.Single(Analytes.Troponin);
    public static readonly Panel Bnp = Panel.Single(Analytes.Bnp);
    public static readonly Panel Tsh = Panel.Single(Analytes.Tsh);
    public static readonly Panel Inr = Panel.Single(Analytes.Inr);
    public static readonly Panel Bilirubin = Panel.Single(Analytes.Bilirubin);
}
