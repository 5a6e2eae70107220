using System.Collections.Frozen;
using Salus.Fhir.Ucum;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>LOINC codes (https://loinc.org) of the laboratory tests that scores use, and their units.</summary>
internal static class LabCodes
{
    private static readonly FrozenDictionary<string, Lab> ByCode = new Dictionary<string, Lab>
    {
        ["777-3"] = Lab.Platelets, ["26515-7"] = Lab.Platelets,
        ["1975-2"] = Lab.Bilirubin, ["14631-6"] = Lab.Bilirubin,
        ["2160-0"] = Lab.Creatinine, ["14682-9"] = Lab.Creatinine, ["38483-4"] = Lab.Creatinine,
        ["6690-2"] = Lab.Leukocytes, ["26464-8"] = Lab.Leukocytes,
        ["764-1"] = Lab.Bands, ["26508-2"] = Lab.Bands,
        ["2703-7"] = Lab.ArterialOxygen,
        ["2019-8"] = Lab.ArterialCarbonDioxide,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly UcumUnit MicromolesPerLitre = Unit("umol/L");

    private static readonly FrozenDictionary<Lab, UcumUnit> Units = new Dictionary<Lab, UcumUnit>
    {
        [Lab.Platelets] = Unit("10*9/L"), [Lab.Leukocytes] = Unit("10*9/L"), [Lab.Bilirubin] = Unit("mg/dL"), [Lab.Creatinine] = Unit("mg/dL"), [Lab.Bands] = Unit("%"),
        [Lab.ArterialOxygen] = Unit("mm[Hg]"), [Lab.ArterialCarbonDioxide] = Unit("mm[Hg]"),
    }.ToFrozenDictionary();

    /// <summary>Null for a code that no score uses.</summary>
    public static Lab? Find(string loinc) => ByCode.TryGetValue(loinc, out var lab) ? lab : null;

    /// <summary>In thousandths of the lab's unit; null when the unit measures something else, or nobody knows it, or the number is none that a laboratory gives.</summary>
    public static int? Thousandths(Lab lab, decimal amount, string? unit)
    {
        if (unit is null || amount is < 0 or > 1_000_000_000 || !UcumUnit.TryParse(unit, out var given, out _))
        {
            return null;
        }

        if (!given.TryConvert(amount, Units[lab], out var converted))
        {
            if (Molar(lab) is not { } perMilligram || !given.TryConvert(amount, MicromolesPerLitre, out var moles))
            {
                return null;
            }

            converted = moles / perMilligram;
        }

        converted *= Sample.Scale;
        return converted <= int.MaxValue ? (int)Math.Round(converted, MidpointRounding.AwayFromZero) : null;
    }

    // Micromoles in a litre for 1 mg/dL: 10,000 by the molar mass, 584.66 g/mol of bilirubin and 113.12 g/mol of creatinine.
    private static decimal? Molar(Lab lab) => lab switch
    {
        Lab.Bilirubin => 10_000m / 584.66m,
        Lab.Creatinine => 10_000m / 113.12m,
        _ => null,
    };

    private static UcumUnit Unit(string code) => UcumUnit.TryParse(code, out var unit, out var error) ? unit : throw new InvalidOperationException(error);
}
