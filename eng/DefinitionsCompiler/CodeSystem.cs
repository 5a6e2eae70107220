using System.Text.Json;

namespace Salus.DefinitionsCompiler;

/// <summary>The codes of a complete code system and their hierarchy: concepts in concepts, or properties that name the parent.</summary>
internal sealed class CodeSystem
{
    private readonly HashSet<string> codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> children = new(StringComparer.Ordinal);

    internal CodeSystem(JsonElement resource)
    {
        foreach (var concept in resource.List("concept"))
        {
            Add(concept, null);
        }
    }

    internal IReadOnlyCollection<string> Codes => codes;

    /// <summary>All codes below a code, without itself.</summary>
    internal IReadOnlyCollection<string> Below(string code)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([code]);
        while (open.TryPop(out var parent))
        {
            foreach (var child in children.GetValueOrDefault(parent, []).Where(below.Add))
            {
                open.Push(child);
            }
        }

        return below;
    }

    private void Add(JsonElement concept, string? parent)
    {
        var code = concept.Text("code")!;
        codes.Add(code);
        Link(parent, code);
        foreach (var property in concept.List("property").Where(property => property.Text("code") is "parent" or "subsumedBy"))
        {
            Link(property.Text("valueCode"), code);
        }

        foreach (var child in concept.List("concept"))
        {
            Add(child, code);
        }
    }

    private void Link(string? parent, string child)
    {
        if (parent is not null)
        {
            (children.TryGetValue(parent, out var list) ? list : children[parent] = []).Add(child);
        }
    }
}
