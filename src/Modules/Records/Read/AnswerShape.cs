using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Read;

/// <summary>
/// Which part of a resource is answered: <c>_summary</c> (http://hl7.org/fhir/R4/search.html#summary) or <c>_elements</c>
/// (http://hl7.org/fhir/R4/search.html#elements). Elements that are mandatory or modify the meaning of others stay, and what is not whole says SUBSETTED.
/// </summary>
/// <param name="Summary">true, text or data; empty for <c>_elements</c>.</param>
/// <param name="Elements">Type and name of what is asked for.</param>
internal sealed record AnswerShape(string Summary, IReadOnlyList<(string Type, string Name)> Elements)
{
    /// <summary>Reads the two parameters; null for whole resources.</summary>
    /// <param name="type">What elements without a type in front belong to.</param>
    /// <param name="query">Other parameters are left alone, and so is <c>_summary=count</c>, which has no resources.</param>
    public static Outcome<AnswerShape?> Parse(TypeDefinition type, IEnumerable<KeyValuePair<string, string>> query, FhirDefinitions definitions)
    {
        AnswerShape? shape = null;
        foreach (var (name, value) in query.Where(p => p.Key is "_summary" or "_elements" && p.Value is not ("false" or "count")))
        {
            if (shape is not null)
            {
                return new Failure(FailureKind.Invalid, "invalid", "_summary and _elements stand there together or twice; an answer has one shape.", name);
            }

            var parsed = name == "_summary" ? OfSummary(value) : OfElements(type, value, definitions);
            if (parsed.Failed(out var failure))
            {
                return failure;
            }

            shape = parsed.Value;
        }

        return shape;
    }

    /// <summary>Runs a read and answers with the part of the resource that the query asks for.</summary>
    public static async Task<Outcome<Reply>> ReadAsync(
        TypeDefinition type, IReadOnlyList<KeyValuePair<string, string>> query, FhirDefinitions definitions, Func<Task<Outcome<Reply>>> read)
    {
        if (query.Any(p => p is { Key: "_summary", Value: "count" }))
        {
            return new Failure(FailureKind.Invalid, "value", "_summary=count counts the results of a search; a read has one resource.", "_summary");
        }

        var shape = Parse(type, query, definitions);
        if (shape.Failed(out var failure))
        {
            return failure;
        }

        var reply = await read();
        return shape.Value is null || reply.Failed(out _) ? reply : reply.Value with { Body = shape.Value.Of(reply.Value.Body, definitions, included: false) };
    }

    /// <summary>The part of a stored resource.</summary>
    /// <param name="included">Whether it is there for another one's sake: <c>_elements</c> without a type in front are not meant for it.</param>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> stored, FhirDefinitions definitions, bool included)
    {
        if (!ResourceReader.TryRead(stored, definitions, out var document, out _))
        {
            return stored;
        }

        var type = document.Type.Name;
        return Summary switch
        {
            "true" => ResourceSubset.Write(document, e => e.IsSummary || Stays(e), deep: true),
            "text" => ResourceSubset.Write(document, e => e.Name == "text" || Stays(e), deep: false),
            "data" => ResourceSubset.Write(document, e => e.Name != "text", deep: false),
            _ when included && Elements.All(n => n.Type != type) => stored,
            _ => ResourceSubset.Write(document, e => Stays(e) || Elements.Any(n => n.Type == type && (n.Name == e.Name || n.Name == e.JsonName)), deep: false),
        };
    }

    private static bool Stays(ElementDefinition element) => element.Min > 0 || element.ChoiceMin > 0 || element.IsModifier || element.Name is "id" or "meta";

    private static Outcome<AnswerShape?> OfSummary(string value) => value is "true" or "text" or "data"
        ? new AnswerShape(value, [])
        : new Failure(FailureKind.Invalid, "value", $"'{value}' is not a value of _summary: it takes true, text, data, count or false.", "_summary");

    private static Outcome<AnswerShape?> OfElements(TypeDefinition type, string value, FhirDefinitions definitions)
    {
        var elements = new List<(string, string)>();
        foreach (var name in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var of = dot < 0 ? type : definitions.Resource(name[..dot]);
            var element = name[(dot + 1)..];
            if (of is null || !Has(of, element))
            {
                return new Failure(
                    FailureKind.Invalid, "value", $"'{name}' is not an element of {of?.Name ?? "a resource type of R4"}. _elements takes names at the root of a resource, such as name or {type.Name}.id.", "_elements");
            }

            elements.Add((of.Name, element));
        }

        return elements.Count > 0 ? new AnswerShape("", elements) : new Failure(FailureKind.Invalid, "value", "_elements is empty; it takes names of elements joined by commas.", "_elements");
    }

    private static bool Has(TypeDefinition type, string name)
    {
        foreach (var element in type.Elements)
        {
            if (element.Name == name || element.JsonName == name)
            {
                return true;
            }
        }

        return false;
    }
}
