using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation;

namespace Salus.Records.GraphQl;

/// <summary>Which items of a list are selected: by a FHIRPath, by properties, by their place (http://hl7.org/fhir/R4/graphql.html#list).</summary>
internal sealed class ListFilter
{
    private readonly List<(string Name, IReadOnlyList<string> Values)> properties = [];
    private readonly FhirPath? path;
    private readonly int offset;
    private readonly int? count;

    private ListFilter(FhirPath? path, int offset, int? count) => (this.path, this.offset, this.count) = (path, offset, count);

    /// <summary>Null when there are no arguments.</summary>
    /// <exception cref="ArgumentFault">One is wrong.</exception>
    public static ListFilter? Of(Arguments arguments, string name, TypeDefinition type, FhirDefinitions definitions)
    {
        if (!arguments.Rest.Any())
        {
            return null;
        }

        var text = arguments.Text("fhirpath");
        var filter = new ListFilter(text is null ? null : Path(text, "fhirpath", name, definitions, type), arguments.Number("_offset", 0) ?? 0, arguments.Number("_count", 0));
        foreach (var (property, value) in arguments.Rest.ToList())
        {
            if (type.Find(System.Text.Encoding.UTF8.GetBytes(property)) is not { Type.Kind: TypeKind.Primitive })
            {
                var names = type.Elements.ToArray().Where(e => e.Type.Kind == TypeKind.Primitive).Select(e => e.JsonName).ToList();
                throw new ArgumentFault($"{name} has no argument '{property}'. It takes fhirpath, _offset, _count and the primitive elements of {type.Name}: {string.Join(", ", names)}.{(NearestName.Find(property, names) is { } near ? $" Is '{near}' meant?" : "")}");
            }

            arguments.Take(property);
            filter.properties.Add((property, [.. value.Each.Select(v => v.Text)]));
        }

        return filter;
    }

    /// <summary>Compiles an expression of an argument.</summary>
    /// <exception cref="ArgumentFault">It is no FHIRPath, or has no meaning for the type.</exception>
    public static FhirPath Path(string text, string argument, string name, FhirDefinitions definitions, TypeDefinition? type) =>
        FhirPath.TryCompile(text, definitions, type is { IsAbstract: true } ? null : type, out var path, out var error) ? path : throw new ArgumentFault($"The argument '{argument}' of {name} is not an expression that can be evaluated there: {error}.");

    /// <summary>The items that are selected; null, with a message, when the expression fits none of them.</summary>
    public List<Element>? Of(List<Element> items, Budget budget, out string? wrong)
    {
        wrong = null;
        var selected = new List<Element>();
        for (var i = 0; i < items.Count; i++)
        {
            if (!properties.TrueForAll(p => HasValue(items[i], p.Name, p.Values)))
            {
                continue;
            }

            if (path is not null)
            {
                if (Holds(path, items[i], i, budget, out wrong) is not { } holds)
                {
                    return null;
                }

                if (!holds)
                {
                    continue;
                }
            }

            selected.Add(items[i]);
        }

        return [.. selected.Skip(offset).Take(count ?? int.MaxValue)];
    }

    /// <summary>Whether an expression holds of an element, nothing counting as false; null, with a message, when it gives no answer.</summary>
    public static bool? Holds(FhirPath path, Element element, int index, Budget budget, out string? wrong)
    {
        var into = new PathCollection();
        wrong = budget.Evaluate(path, element, index, into)?.ToString();
        if (wrong is null && into.Count > 1)
        {
            wrong = "It gives several items; a condition gives true or false.";
        }

        return wrong is not null ? null : into.Count == 1 && into[0].ToString() != "false";
    }

    private static bool HasValue(Element item, string name, IReadOnlyList<string> values)
    {
        foreach (var child in item.Children)
        {
            if (child.Definition?.JsonName == name && child.AsString() is { } text && values.Contains(text))
            {
                return true;
            }
        }

        return false;
    }
}
