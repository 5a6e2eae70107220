using System.Globalization;
using System.Text.Json;
using Salus.Fhir.Definitions;

namespace Salus.DefinitionsCompiler;

/// <summary>Turns the snapshots of StructureDefinitions into types with elements (http://hl7.org/fhir/R4/elementdefinition.html).</summary>
internal sealed class TypeCompiler(R4Corrections corrections)
{
    private const string SystemType = "http://hl7.org/fhirpath/System.";
    private const string FhirType = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

    /// <summary>The type of a definition, then the backbone types in it.</summary>
    internal IReadOnlyList<TypeRow> Compile(JsonElement definition)
    {
        var name = definition.Text("type")!;
        var kind = definition.Text("kind") switch
        {
            "primitive-type" => TypeKind.Primitive,
            "complex-type" => TypeKind.Complex,
            _ => TypeKind.Resource,
        };
        var elements = corrections.Elements(definition).Skip(1).ToList();
        var backbones = elements.Where(IsBackbone).ToDictionary(element => element.Text("path")!, element => element.List("type").Single().Text("code"));
        var rows = new List<TypeRow>
        {
            new(name, kind, definition.Flag("abstract"), LastSegment(definition.Text("baseDefinition")), Primitive(kind, name), Children(name, elements, kind))
            {
                Invariants = Invariants(definition.GetProperty("snapshot").List("element").First()),
            },
        };
        foreach (var (path, code) in backbones)
        {
            rows.Add(new TypeRow(path, TypeKind.Backbone, false, code, PrimitiveKind.None, Children(path, elements, TypeKind.Backbone))
            {
                Invariants = Invariants(elements.First(element => element.Text("path") == path)),
            });
        }

        return rows;
    }

    private static PrimitiveKind Primitive(TypeKind kind, string name) =>
        kind == TypeKind.Primitive ? Enum.Parse<PrimitiveKind>(name, ignoreCase: true) : PrimitiveKind.None;

    private static bool IsBackbone(JsonElement element) =>
        element.List("type").Select(type => type.Text("code")).SequenceEqual(["BackboneElement"])
        || element.List("type").Select(type => type.Text("code")).SequenceEqual(["Element"]);

    private static List<ElementRow> Children(string owner, List<JsonElement> elements, TypeKind kind)
    {
        var rows = new List<ElementRow>();
        foreach (var element in elements)
        {
            var path = element.Text("path")!;
            var name = path[(path.LastIndexOf('.') + 1)..];
            // A primitive's own value has no name in JSON; xhtml may have no extensions.
            if (path.Length - name.Length - 1 != owner.Length || !path.StartsWith(owner + ".", StringComparison.Ordinal)
                || (kind == TypeKind.Primitive && (name == "value" || element.Text("max") == "0")))
            {
                continue;
            }

            var invariants = IsBackbone(element) ? [] : Invariants(element);
            rows.AddRange(Rows(element, path, name, kind).Select(row => row with { Invariants = invariants }));
        }

        return rows;
    }

    private static IEnumerable<ElementRow> Rows(JsonElement element, string path, string name, TypeKind owner)
    {
        var marks = Marks(element);
        var max = element.Text("max") == "*" ? 0 : int.Parse(element.Text("max")!, CultureInfo.InvariantCulture);
        var (strength, valueSet) = Binding(element);
        if (element.Text("contentReference") is { } reference)
        {
            yield return new ElementRow(name, name, reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..], max, marks, strength, valueSet, []);
            yield break;
        }

        if (IsBackbone(element))
        {
            yield return new ElementRow(name, name, path, max, marks, strength, valueSet, []);
            yield break;
        }

        var choice = name.EndsWith("[x]", StringComparison.Ordinal);
        var stem = choice ? name[..^3] : name;
        var further = ElementMarks.None;
        foreach (var type in element.List("type").GroupBy(type => TypeName(type, owner == TypeKind.Resource && name == "id")))
        {
            var targets = type.SelectMany(t => t.Texts("targetProfile")).Select(url => LastSegment(url)!).Distinct().Order(StringComparer.Ordinal).ToList();
            var json = choice ? stem + char.ToUpperInvariant(type.Key[0]) + type.Key[1..] : stem;
            yield return new ElementRow(
                stem, json, type.Key, max, marks | further | (choice ? ElementMarks.Choice : 0), strength, valueSet, targets.Contains("Resource") ? [] : targets);
            further = ElementMarks.ChoiceContinued;
        }
    }

    private static List<InvariantRow> Invariants(JsonElement element) =>
    [
        .. element.List("constraint")
            .Where(constraint => constraint.Text("expression") is not null && R4Corrections.IsR4(element.Text("path")!, constraint.Text("key")!))
            .Select(constraint => new InvariantRow(
                constraint.Text("key")!, constraint.Text("severity") == "error", constraint.Text("human")!.ReplaceLineEndings(" ").Trim(), constraint.Text("expression")!)),
    ];

    private static ElementMarks Marks(JsonElement element)
    {
        var marks = ElementMarks.None;
        marks |= element.GetProperty("base").Text("max") is "0" or "1" ? 0 : ElementMarks.Array;
        marks |= element.Flag("isSummary") ? ElementMarks.Summary : 0;
        marks |= element.Flag("isModifier") ? ElementMarks.Modifier : 0;
        return marks | (element.GetProperty("min").GetInt32() switch
        {
            0 => 0,
            1 => ElementMarks.Required,
            var min => throw new InvalidDataException($"{element.Text("path")} asks for {min} values; the format knows 0 and 1."),
        });
    }

    private static (BindingStrength Strength, string? ValueSet) Binding(JsonElement element)
    {
        if (!element.TryGetProperty("binding", out var binding))
        {
            return (BindingStrength.None, null);
        }

        return (Enum.Parse<BindingStrength>(binding.Text("strength")!, ignoreCase: true), binding.Text("valueSet")?.Split('|')[0]);
    }

    /// <summary>R4 says "string" of a resource's id, and means the type id (http://hl7.org/fhir/R4/resource.html#id).</summary>
    private static string TypeName(JsonElement type, bool resourceId)
    {
        var code = type.Text("code")!;
        if (!code.StartsWith(SystemType, StringComparison.Ordinal))
        {
            return code;
        }

        return resourceId ? "id" : type.List("extension").FirstOrDefault(e => e.Text("url") == FhirType).Text("valueUrl") ?? "string";
    }

    private static string? LastSegment(string? url) => url?[(url.LastIndexOf('/') + 1)..];
}
