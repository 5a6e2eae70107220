using System.Globalization;
using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>What real data seldom has: open periods, comparators, ranges, odd spelling, places, units that measure the same.</summary>
internal static class OracleEdges
{
    private static readonly string[] Names = ["Ångström", "O'Neill  Mc\\tDonald", "Łukasz", "van der  Berg", "Zoë-Ann", "%", "_x", "50%_", "a|b", "c,d", "e$f", "g\\h", "İstanbul", "ﬁne", "Ünïcödé", "É", "e\u0301", "12", "ß", "𝒳yz"];
    private static readonly string[] Units = ["mg/dL", "g/L", "mg/L", "g/dL", "Cel", "[degF]", "K", "kg", "g", "[lb_av]", "mm[Hg]", "kPa", "cm", "[in_i]", "%", "1", "h", "min", "mmol/L", "umol/L", "not-a-unit"];

    public static IEnumerable<JsonNode> All()
    {
        var random = new Random(4);
        for (var i = 0; i < 60; i++)
        {
            yield return Observation(i, random);
        }

        for (var i = 0; i < Names.Length; i++)
        {
            yield return new JsonObject
            {
                ["resourceType"] = "Patient", ["id"] = $"edge-{i}", ["active"] = i % 2 == 0,
                ["name"] = new JsonArray(new JsonObject { ["family"] = Names[i], ["given"] = new JsonArray($" {Names[(i + 7) % Names.Length]}\u00a0x ", "Ann") }),
                ["identifier"] = new JsonArray(new JsonObject { ["system"] = i % 3 == 0 ? null : "urn:edge|bar", ["value"] = $"{Names[i]}{i % 5}" }),
                ["birthDate"] = i % 3 == 0 ? "2000" : i % 3 == 1 ? "2000-02" : "2000-02-29",
            };
        }

        for (var i = 0; i < 12; i++)
        {
            yield return new JsonObject
            {
                ["resourceType"] = "Location", ["id"] = $"edge-{i}", ["name"] = $"Place {i}",
                ["position"] = new JsonObject { ["latitude"] = decimal.Round((decimal)(random.NextDouble() * (i < 6 ? 2 : 180)) - (i < 6 ? 1 : 90), 4), ["longitude"] = decimal.Round(i < 6 ? 179.5m + (i % 2 * 0.4m) - (i / 3 * 359m) : (decimal)(random.NextDouble() * 360) - 180, 4) },
            };
        }

        for (var i = 0; i < 12; i++)
        {
            yield return JsonNode.Parse(string.Create(CultureInfo.InvariantCulture, $$"""
                { "resourceType": "RiskAssessment", "id": "edge-{{i}}", "status": "final", "subject": { "reference": "Patient/edge-{{i}}" },
                  "prediction": [ { {{(i % 2 == 0 ? $"\"probabilityDecimal\": {i * 0.07m}" : $"\"probabilityRange\": {{ \"low\": {{ \"value\": {i} }} {(i % 3 == 0 ? "" : $", \"high\": {{ \"value\": {i * 3} }}")} }}")}} } ] }
                """))!;
        }
    }

    private static JsonObject Observation(int i, Random random)
    {
        var unit = Units[random.Next(Units.Length)];
        var quantity = new JsonObject { ["value"] = decimal.Round((decimal)(random.NextDouble() * 200) - 20, random.Next(4)), ["unit"] = unit };
        if (random.Next(6) > 0)
        {
            quantity["system"] = "http://unitsofmeasure.org";
            quantity["code"] = unit;
        }

        if (random.Next(5) == 0)
        {
            quantity["comparator"] = new[] { "<", "<=", ">=", ">" }[random.Next(4)];
        }

        var observation = new JsonObject
        {
            ["resourceType"] = "Observation", ["id"] = $"edge-{i}", ["status"] = i % 2 == 0 ? "final" : "amended",
            ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = i % 4 == 0 ? null : "http://loinc.org", ["code"] = $"{8480 + (i % 3)}-6" }), ["text"] = "edge" },
            ["subject"] = new JsonObject { ["reference"] = i % 5 == 0 ? $"http://other.example/fhir/Patient/edge-{i % 20}" : i % 7 == 0 ? $"Patient/edge-{i % 20}/_history/1" : $"Patient/edge-{i % 20}" },
            ["valueQuantity"] = quantity,
            ["component"] = new JsonArray(new JsonObject
            {
                ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://loinc.org", ["code"] = $"{8480 + (i % 2)}-6" }) },
                ["valueQuantity"] = new JsonObject { ["value"] = 100 + (i % 30), ["unit"] = "mm[Hg]", ["system"] = "http://unitsofmeasure.org", ["code"] = "mm[Hg]" },
            }),
        };
        Time(observation, i, random);
        return observation;
    }

    private static void Time(JsonObject observation, int i, Random random)
    {
        var start = new DateTime(2019, 12, 30, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(60 * 24 * 90));
        string text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        switch (i % 6)
        {
            case 0:
                observation["effectivePeriod"] = new JsonObject { ["start"] = text(start) };
                break;
            case 1:
                observation["effectivePeriod"] = new JsonObject { ["end"] = start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
                break;
            case 2:
                observation["effectivePeriod"] = new JsonObject { ["start"] = text(start), ["end"] = text(start.AddHours(random.Next(1, 900))) };
                break;
            case 3:
                observation["effectiveDateTime"] = start.ToString("yyyy-MM", CultureInfo.InvariantCulture);
                break;
            case 4:
                observation["effectiveTiming"] = new JsonObject { ["event"] = new JsonArray(text(start), text(start.AddDays(random.Next(40)))) };
                break;
            default:
                observation["effectiveDateTime"] = start.ToString("yyyy-MM-dd'T'HH:mm:ss.ff", CultureInfo.InvariantCulture) + "+09:30";
                break;
        }
    }
}
