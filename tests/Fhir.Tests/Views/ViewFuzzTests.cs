using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Views;

/// <summary>Whatever a definition says, it is refused with issues or makes rows; nothing is thrown. Seeded, so a failure comes again.</summary>
public class ViewFuzzTests(ITestOutputHelper output)
{
    private static readonly Corpus Corpus = new("tests/Fhir.Tests/Views/Corpus");

    private static readonly string[] Texts =
    [
        "", "name", "name.given", "%c", "%rowIndex", "$this", "getResourceKey()", "subject.getReferenceKey(Patient)", "iif(true, name, 1)", "@2020", "1 / 0", "'x'", "a.b.c", "(((", "name.where(use = %c)",
        "repeat($this)", "id | name", "string", "decimal", "http://hl7.org/fhirpath/System.Integer", "Patient", "Observation", "DATE", "ansi/type", "\u0000", "\ud83d\ude00", "descendants()", "contact.telecom[%rowIndex]",
        "birthDate.lowBoundary()", "resolve()", "name.select($this.given)", "x'", "name.given.join(1)",
    ];

    private static readonly string[] Seeds =
    [
        """{"resource":"Patient","name":"v","constant":[{"name":"c","valueString":"official"}],"select":[{"column":[{"name":"id","path":"id","type":"id"},{"name":"g","path":"name.given","collection":true}]},{"forEachOrNull":"contact","select":[{"forEach":"telecom","column":[{"name":"t","path":"value"}]}]}],"where":[{"path":"active"}]}""",
        """{"resource":"QuestionnaireResponse","select":[{"repeat":["item","answer.item"],"column":[{"name":"l","path":"linkId"},{"name":"i","path":"%rowIndex"}],"unionAll":[{"forEach":"answer","column":[{"name":"a","path":"value.ofType(string)"}]},{"column":[{"name":"a","path":"text"}]}]}]}""",
        """{"resource":"Observation","select":[{"column":[{"name":"v","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DOUBLE PRECISION"}]}],"select":[{"column":[{"name":"s","path":"subject.getReferenceKey(Patient)"}]}]}]}""",
    ];

    private static readonly ResourceDocument[] Resources =
    [
        Rows.Read("""{"resourceType":"Patient","id":"p","active":true,"birthDate":"1970","name":[{"use":"official","given":["a","b"]},{"given":["c"]}],"contact":[{"telecom":[{"value":"1"}]}]}"""),
        Rows.Read("""{"resourceType":"QuestionnaireResponse","item":[{"linkId":"1","item":[{"linkId":"1.1","answer":[{"valueString":"x","item":[{"linkId":"z"}]}]}]}]}"""),
        Rows.Read("""{"resourceType":"Observation","subject":{"reference":"Patient/p"},"valueQuantity":{"value":1.5,"unit":"kg"}}"""),
    ];

    [Fact]
    public void Mutated_definitions_never_crash()
    {
        var (rounds, random) = (Corpus.Rounds(3000), new Random(Corpus.Seed(20261121)));
        var (ran, refused) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var node = JsonNode.Parse(Seeds[random.Next(Seeds.Length)])!;
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Mutate(node, random, pathsOnly: round % 2 == 0);
            }

            var text = Encoding.UTF8.GetBytes(node.ToJsonString());
            if (random.Next(10) == 0)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            if (Try(Encoding.Latin1.GetString(text), (RowFormat)random.Next(4)))
            {
                ran++;
            }
            else
            {
                refused++;
            }
        }

        output.WriteLine($"{ran} ran, {refused} were refused");
        Assert.True(ran > rounds / 25 && refused > rounds / 25, $"{ran} ran, {refused} were refused");
    }

    [Fact]
    public void What_failed_once_does_not_fail_again()
    {
        foreach (var (_, text) in Corpus.Kept)
        {
            foreach (var format in Enum.GetValues<RowFormat>())
            {
                Try(text, format);
            }
        }
    }

    // The text has a character for each byte, because it need not be UTF-8. False when the definition was refused.
    private static bool Try(string text, RowFormat format)
    {
        try
        {
            if (View.TryCompile(Encoding.Latin1.GetBytes(text), FhirDefinitions.R4, out var view, out var issues))
            {
                Run(view, format, Resources);
                return true;
            }

            Assert.NotEmpty(issues);
            Assert.All(issues, i => Assert.NotEmpty(i.Message));
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{format}, kept as {Corpus.Keep(text)}: {text}", e);
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("""{"select":[""", "]}")]
    [InlineData("""{"resource":"Patient","select":[{"select":[""", "]}]}")]
    public void Deep_nesting_is_refused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000));
        Assert.NotEmpty(Rows.Wrong(text));
    }

    [Fact]
    public void Large_definitions_are_refused_before_they_cost_much()
    {
        var columns = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"name":"c{{i}}","path":"id"}"""));
        Assert.Contains(Rows.Wrong($$"""{"resource":"Patient","select":[{"column":[{{columns}}]}]}"""), i => i.Contains("more than", StringComparison.Ordinal));
        var path = string.Join(" and ", Enumerable.Repeat("active", 60_000));
        Assert.Contains(Rows.Wrong($$"""{"resource":"Patient","select":[{"column":[{"name":"c","path":"{{path}}"}]}]}"""), i => i.Contains("more than", StringComparison.Ordinal));
    }

    private static void Run(View view, RowFormat format, ResourceDocument[] resources)
    {
        var (run, writer) = (view.Start(), RowWriter.Create(format, view));
        writer.Begin();
        foreach (var resource in resources)
        {
            if (!run.TryAdd(resource.Root, writer, out var issue))
            {
                Assert.NotEmpty(issue.Message);
                return;
            }
        }

        writer.End();
        Assert.False(format != RowFormat.Ndjson && format != RowFormat.Csv && writer.Pending.IsEmpty);
    }

    // One place of the tree gets another value, another name, a copy of another place, or goes.
    private static void Mutate(JsonNode root, Random random, bool pathsOnly)
    {
        var places = new List<(JsonNode Parent, object Key)>();
        Collect(root, places);
        if (pathsOnly && places.Where(p => p.Key is "path" or "forEach" or "forEachOrNull").ToList() is { Count: > 0 } paths)
        {
            var (owner, name) = paths[random.Next(paths.Count)];
            owner[(string)name] = Texts[random.Next(Texts.Length)];
            return;
        }

        if (places.Count == 0)
        {
            return;
        }

        var (parent, key) = places[random.Next(places.Count)];
        JsonNode? value = random.Next(7) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(-2, 3)),
            2 => new JsonArray(),
            3 => new JsonObject(),
            4 => Pick(places, random)?.DeepClone(),
            _ => JsonValue.Create(Texts[random.Next(Texts.Length)]),
        };
        if (parent is JsonArray array)
        {
            if (random.Next(3) == 0)
            {
                array.Add(value);
            }
            else
            {
                array[(int)key] = value;
            }
        }
        else if (random.Next(6) == 0)
        {
            parent.AsObject().Remove((string)key);
        }
        else
        {
            parent[(string)key] = value;
        }
    }

    private static JsonNode? Pick(List<(JsonNode Parent, object Key)> places, Random random)
    {
        var (parent, key) = places[random.Next(places.Count)];
        return parent is JsonArray array ? array[(int)key] : parent[(string)key];
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, object Key)> places)
    {
        switch (node)
        {
            case JsonObject owner:
                foreach (var (name, value) in owner)
                {
                    places.Add((owner, name));
                    Collect(value, places);
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    places.Add((array, i));
                    Collect(array[i], places);
                }

                break;
        }
    }
}
