using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Tests.Validation;

/// <summary>Valid examples with one thing made wrong: the issue names that place. Places are drawn with a fixed seed.</summary>
public sealed class MutationTests
{
    private const int PlacesPerExample = 8;
    private const int LargestExample = 100_000;

    [DataFact("r4-examples")]
    public void A_misspelt_name_is_found_where_it_stands() => Mutate(
        place => true,
        place => Rename(place, place.Name + "Zz"),
        place => $"structure {place.ParentPath}.{place.Name}Zz");

    [DataFact("r4-examples")]
    public void A_value_of_the_wrong_JSON_type_is_found_where_it_stands() => Mutate(
        place => true,
        place => place.Parent[place.Name] = place.Parent[place.Name] switch
        {
            JsonValue value when value.TryGetValue<string>(out _) => JsonValue.Create(5),
            JsonValue => JsonValue.Create("x"),
            // Where a resource must stand, an object of no type is refused by the reader already.
            JsonObject when place.Element.Type.Kind == TypeKind.Resource => JsonValue.Create("x"),
            JsonObject => new JsonArray(new JsonObject { ["id"] = "x" }),
            _ => JsonValue.Create(true),
        },
        place => $"structure {place.ParentPath}.{place.Name}");

    [DataFact("r4-examples")]
    public void A_missing_required_element_is_found_where_it_would_stand() => Mutate(
        place => place.Element.Min + place.Element.ChoiceMin > 0 && place.Parent.Count > 1 && !place.Parent.ContainsKey("_" + place.Name),
        place => place.Parent.Remove(place.Name),
        place => $"required {place.ParentPath}.{place.Element.Name}{(place.Element.IsChoice ? "[x]" : "")}");

    [DataFact("r4-examples")]
    public void Damaged_text_is_refused_or_checked_but_never_crashes()
    {
        var random = new Random(4_0_1);
        var read = 0;
        var refused = 0;
        foreach (var file in Examples())
        {
            var valid = File.ReadAllBytes(file);
            for (var round = 0; round < 10; round++)
            {
                var damaged = (byte[])valid.Clone();
                for (var hits = random.Next(1, 4); hits > 0; hits--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)"{}[],:\"\\0e-.x \u0001_#/"[random.Next(18)];
                }

                if (ResourceReader.TryRead(damaged, FhirDefinitions.R4, out var document, out _))
                {
                    Checks.Validator.Validate(document);
                    read++;
                }
                else
                {
                    refused++;
                }
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    private static void Mutate(Func<Place, bool> fits, Action<Place> damage, Func<Place, string> expected)
    {
        var random = new Random(4_0_1);
        var tried = 0;
        foreach (var file in Examples())
        {
            var json = File.ReadAllText(file);
            var count = Places(JsonNode.Parse(json)!.AsObject()).Count(fits);
            for (var i = 0; i < Math.Min(count, PlacesPerExample); i++)
            {
                var root = JsonNode.Parse(json)!.AsObject();
                var place = Places(root).Where(fits).ElementAt(random.Next(count));
                var issue = expected(place);
                damage(place);
                var found = Checks.Validator.Validate(Checks.Read(Encoding.UTF8.GetBytes(root.ToJsonString())));
                Assert.True(found.Any(f => $"{f.Code} {f.Path}" == issue), $"{Path.GetFileName(file)}: expected '{issue}' among\n{string.Join('\n', found)}");
                tried++;
            }
        }

        Assert.True(tried > 300, $"only {tried} places");
    }

    private static IEnumerable<string> Examples() => Directory.GetFiles(TestData.Folder("r4-examples")!, "*.json")
        .Where(file => new FileInfo(file).Length < LargestExample && !file.EndsWith("Questionnaire-qs1.json", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<Place> Places(JsonObject root)
    {
        var type = root["resourceType"]!.GetValue<string>();
        return Places(root, FhirDefinitions.R4.Type(type)!, type);
    }

    private static IEnumerable<Place> Places(JsonObject parent, TypeDefinition type, string path)
    {
        foreach (var (name, value) in parent.ToList())
        {
            if (type.Find(Encoding.UTF8.GetBytes(name)) is not { } element)
            {
                continue; // resourceType, and partners with an underscore
            }

            yield return new Place(parent, name, element, path);
            var items = value is JsonArray array ? array.Select((item, i) => (item, $"{path}.{name}[{i}]")) : [(value, $"{path}.{name}")];
            foreach (var (item, itemPath) in items)
            {
                if (item is JsonObject child)
                {
                    var childType = element.Type.Kind == TypeKind.Resource ? FhirDefinitions.R4.Type(child["resourceType"]!.GetValue<string>())! : element.Type;
                    foreach (var place in Places(child, childType, itemPath))
                    {
                        yield return place;
                    }
                }
            }
        }
    }

    private static void Rename(Place place, string name)
    {
        var value = place.Parent[place.Name];
        place.Parent.Remove(place.Name);
        place.Parent[name] = value;
    }

    private sealed record Place(JsonObject Parent, string Name, ElementDefinition Element, string ParentPath);
}
