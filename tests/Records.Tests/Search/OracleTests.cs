using System.Globalization;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Random resources and random searches, against a plain evaluation in memory. The seed is fixed, and named when it fails.</summary>
public sealed class OracleTests(StructuralServer server) : IClassFixture<StructuralServer>
{
    private const int Seed = 20260401;
    private static readonly string[] Systems = ["http://loinc.org", "http://snomed.info/sct", "http://local|bar"];
    private static readonly string[] Units = ["mg", "g", "mmol"];
    private static readonly string[] Statuses = ["final", "amended", "preliminary"];

    private sealed record Sample(string Id, string Status, (string? System, string Code)? Code, decimal Value, string Unit, DateTime Low, DateTime High, string? Subject, IReadOnlyList<(string? System, string Code, decimal Value)> Components);

    [Fact]
    public async Task Random_searches_find_what_a_plain_evaluation_finds()
    {
        var random = new Random(Seed);
        var samples = Enumerable.Range(0, 400).Select(i => Draw(random, $"o{i}")).ToDictionary(s => s.Id);
        await StoreAsync(samples.Values);
        // A part is changed and a part deleted, so that what is left of older versions would show.
        for (var i = 0; i < 100; i++)
        {
            samples[$"o{i}"] = Draw(random, $"o{i}");
        }

        await StoreAsync(samples.Values.Where(s => int.Parse(s.Id[1..], CultureInfo.InvariantCulture) < 100));
        for (var i = 100; i < 130; i++)
        {
            await server.Fhir.DeleteAsync($"Observation/o{i}");
            samples.Remove($"o{i}");
        }

        var found = 0;
        for (var n = 0; n < 600; n++)
        {
            var criteria = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Criterion(random)).ToList();
            var query = string.Join('&', criteria.Select(c => c.Query));
            var expected = samples.Values.Where(s => criteria.All(c => c.Holds(s))).Select(s => s.Id).Order(StringComparer.Ordinal).ToList();
            var ids = await server.Fhir.IdsAsync($"Observation?{query}&_count=200");
            found += ids.Count;
            Assert.True(expected.SequenceEqual(ids.Order(StringComparer.Ordinal)), $"seed {Seed}, search {n}: {query}\nexpected {string.Join(' ', expected)}\nfound    {string.Join(' ', ids.Order(StringComparer.Ordinal))}");
        }

        Assert.True(found > 5_000, $"only {found} found: the searches say too little");
    }

    private async Task StoreAsync(IEnumerable<Sample> samples)
    {
        var answer = await server.Fhir.BundleAsync(Samples.Bundle("batch", [.. samples.Select(s => Samples.Entry("PUT", $"Observation/{s.Id}", Resource(s)))]));
        Assert.All(answer.Entries, e => Assert.True(((string)e["response"]!["status"]!)[0] == '2', e.ToJsonString()));
    }

    private static Sample Draw(Random random, string id)
    {
        (string?, string)? code = random.Next(10) == 0 ? null : (random.Next(5) == 0 ? null : Systems[random.Next(3)], $"c{random.Next(6)}");
        var value = decimal.Round((decimal)(random.NextDouble() * 20 - 5), random.Next(4));
        var low = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(0, 60 * 24 * 60));
        var length = random.Next(4) switch { 0 => TimeSpan.FromSeconds(1), 1 => TimeSpan.FromHours(random.Next(1, 30)), 2 => TimeSpan.FromDays(random.Next(1, 20)), _ => TimeSpan.FromSeconds(1) };
        var subject = random.Next(8) == 0 ? null : $"Patient/p{random.Next(8)}";
        var components = Enumerable.Range(0, random.Next(3)).Select(_ => (random.Next(4) == 0 ? null : Systems[random.Next(2)], $"c{random.Next(4)}", (decimal)random.Next(-5, 15))).ToList();
        return new Sample(id, Statuses[random.Next(3)], code, value, Units[random.Next(3)], low, low + length, subject, components);
    }

    private static JsonObject Resource(Sample sample)
    {
        var resource = Samples.Resource($$"""{"resourceType":"Observation","id":"{{sample.Id}}","status":"{{sample.Status}}","code":{"text":"x"} }""");
        if (sample.Code is { } code)
        {
            var coding = new JsonObject { ["code"] = code.Code };
            if (code.System is not null)
            {
                coding["system"] = code.System;
            }

            resource["code"]!["coding"] = new JsonArray(coding);
        }

        if (sample.Components.Count > 0)
        {
            resource["component"] = new JsonArray([.. sample.Components.Select(Component)]);
        }

        resource["valueQuantity"] = JsonNode.Parse($$"""{"value":{{sample.Value.ToString(CultureInfo.InvariantCulture)}},"system":"http://unitsofmeasure.org","code":"{{sample.Unit}}"}""");
        if (sample.High - sample.Low == TimeSpan.FromSeconds(1))
        {
            resource["effectiveDateTime"] = Text(sample.Low);
        }
        else
        {
            // A period's end stands for all of its second.
            resource["effectivePeriod"] = new JsonObject { ["start"] = Text(sample.Low), ["end"] = Text(sample.High.AddSeconds(-1)) };
        }

        if (sample.Subject is not null)
        {
            resource["subject"] = new JsonObject { ["reference"] = sample.Subject };
        }

        return resource;
    }

    private static JsonObject Component((string? System, string Code, decimal Value) component)
    {
        var coding = new JsonObject { ["code"] = component.Code };
        if (component.System is not null)
        {
            coding["system"] = component.System;
        }

        return new JsonObject { ["code"] = new JsonObject { ["coding"] = new JsonArray(coding) }, ["valueQuantity"] = new JsonObject { ["value"] = component.Value, ["code"] = "mg", ["system"] = "http://unitsofmeasure.org" } };
    }

    // One to three pairs of code and value: of the resource, of one component, or of either.
    private static (string, Func<Sample, bool>) Pair(Random random)
    {
        var pairs = Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
        {
            var (system, code, value) = (random.Next(3) == 0 ? Systems[random.Next(2)] : null, $"c{random.Next(4)}", (decimal)random.Next(-5, 15));
            var (prefix, compare) = random.Next(3) switch { 0 => ("gt", (Func<decimal, bool>)(v => v > value)), 1 => ("le", v => v <= value), _ => ("", v => v >= value - 0.5m && v < value + 0.5m) };
            return (Text: $"{(system is null ? "" : $"{system}|")}{code}${prefix}{value.ToString(CultureInfo.InvariantCulture)}", Holds: (Func<string?, string, decimal, bool>)((s, c, v) => c == code && (system is null || s == system) && compare(v)));
        }).ToList();
        bool ofResource(Sample s) => s.Code is { } c && pairs.Exists(p => p.Holds(c.System, c.Code, s.Value));
        bool ofComponent(Sample s) => s.Components.Any(c => pairs.Exists(p => p.Holds(c.System, c.Code, c.Value)));
        var values = string.Join(',', pairs.Select(p => p.Text));
        return random.Next(4) switch
        {
            0 => ($"code-value-quantity={values}", ofResource),
            1 => ($"combo-code-value-quantity={values}", s => ofResource(s) || ofComponent(s)),
            2 => random.Next(2) == 0 ? ("component-code-value-quantity:missing=true", s => s.Components.Count == 0) : ("combo-code-value-quantity:missing=false", s => s.Code is not null || s.Components.Count > 0),
            _ => ($"component-code-value-quantity={values}", ofComponent),
        };
    }

    private static (string Query, Func<Sample, bool> Holds) Criterion(Random random) => random.Next(10) switch
    {
        8 or 9 => Pair(random),
        0 => Or(random, "status", r => Statuses[r.Next(3)], (s, v) => s.Status == v),
        1 => Or(random, "status:not", r => Statuses[r.Next(3)], (s, v) => s.Status == v, not: true),
        2 => Code(random),
        3 or 4 => Date(random),
        5 or 6 => Quantity(random),
        _ => random.Next(3) switch
        {
            0 => ("subject:missing=true", s => s.Subject is null),
            1 => Or(random, "subject", r => $"Patient/p{r.Next(8)}", (s, v) => s.Subject == v),
            _ => Or(random, "patient", r => $"p{r.Next(8)}", (s, v) => s.Subject == $"Patient/{v}"),
        },
    };

    private static (string, Func<Sample, bool>) Or(Random random, string name, Func<Random, string> draw, Func<Sample, string, bool> equal, bool not = false)
    {
        var values = Enumerable.Range(0, random.Next(1, 3)).Select(_ => draw(random)).ToList();
        return ($"{name}={string.Join(',', values)}", s => values.Any(v => equal(s, v)) != not);
    }

    private static (string, Func<Sample, bool>) Code(Random random)
    {
        var (system, code) = (Systems[random.Next(3)], $"c{random.Next(6)}");
        var escaped = Uri.EscapeDataString(system.Replace("|", "\\|", StringComparison.Ordinal));
        return random.Next(5) switch
        {
            0 => ($"code={code}", s => s.Code?.Code == code),
            1 => ($"code={escaped}|{code}", s => s.Code == (system, code)),
            2 => ($"code={escaped}|", s => s.Code?.System == system),
            3 => ($"code=|{code}", s => s.Code == (null, code)),
            _ => ($"code:not={escaped}|{code}", s => s.Code != (system, code)),
        };
    }

    private static (string, Func<Sample, bool>) Date(Random random)
    {
        var low = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(-60 * 24 * 5, 60 * 24 * 80));
        (low, var high, var text) = random.Next(4) switch
        {
            0 => (new DateTime(low.Year, low.Month, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(low.Year, low.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1), $"{low:yyyy-MM}"),
            1 => (low, low.AddMinutes(1), $"{low:yyyy-MM-dd'T'HH:mm}Z"),
            2 => (low, low.AddSeconds(1), Text(low)),
            _ => (low.Date, low.Date.AddDays(1), $"{low:yyyy-MM-dd}"),
        };
        var (l, h) = (low, high);
        // http://hl7.org/fhir/R4/search.html#prefix
        return random.Next(8) switch
        {
            0 => ($"date=ne{text}", s => !(s.Low >= l && s.High <= h)),
            1 => ($"date=gt{text}", s => s.High > h),
            2 => ($"date=lt{text}", s => s.Low < l),
            3 => ($"date=ge{text}", s => s.High > h || (s.Low >= l && s.High <= h)),
            4 => ($"date=le{text}", s => s.Low < l || (s.Low >= l && s.High <= h)),
            5 => ($"date=sa{text}", s => s.Low >= h),
            6 => ($"date=eb{text}", s => s.High <= l),
            _ => ($"date={text}", s => s.Low >= l && s.High <= h),
        };
    }

    private static (string, Func<Sample, bool>) Quantity(Random random)
    {
        var digits = random.Next(3);
        var value = decimal.Round((decimal)(random.NextDouble() * 20 - 5), digits);
        var half = 0.5m / (decimal)Math.Pow(10, digits);
        var unit = Units[random.Next(3)];
        var text = value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        // Without a unit the numbers are compared as they stand; with one, what measures the same is converted.
        var (suffix, of) = random.Next(2) == 0 ? ("", (Func<Sample, decimal?>)(s => s.Value)) : ($"|http://unitsofmeasure.org|{unit}", s => (s.Unit, unit) switch
        {
            ("mg", "g") => s.Value / 1000,
            ("g", "mg") => s.Value * 1000,
            var (have, want) => have == want ? s.Value : null,
        });
        return random.Next(7) switch
        {
            0 => ($"value-quantity=gt{text}{suffix}", s => of(s) > value),
            1 => ($"value-quantity=lt{text}{suffix}", s => of(s) < value),
            2 => ($"value-quantity=ge{text}{suffix}", s => of(s) >= value),
            3 => ($"value-quantity=le{text}{suffix}", s => of(s) <= value),
            4 => ($"value-quantity=ne{text}{suffix}", s => of(s) < value - half || of(s) >= value + half),
            _ => ($"value-quantity={text}{suffix}", s => of(s) >= value - half && of(s) < value + half),
        };
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
