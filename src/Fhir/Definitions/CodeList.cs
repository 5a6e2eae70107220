using System.Collections.Frozen;
using System.Text;

namespace Salus.Fhir.Definitions;

/// <summary>The expanded, closed list of codes of a value set.</summary>
public sealed class CodeList
{
    private readonly FrozenDictionary<string, string> systems;
    private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    internal CodeList(string valueSet, IEnumerable<KeyValuePair<string, string>> codes)
    {
        ValueSet = valueSet;
        systems = codes.DistinctBy(c => c.Key).ToFrozenDictionary(StringComparer.Ordinal);
        lookup = systems.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The canonical URL of the value set.</summary>
    public string ValueSet { get; }

    public IReadOnlyCollection<string> Codes => systems.Keys;

    /// <summary>True when the list has this code.</summary>
    public bool Contains(ReadOnlySpan<byte> code) => System(code) is not null;

    /// <summary>The code system of a code in this list, or null: for a <c>code</c> element the system is implicit.</summary>
    public string? System(ReadOnlySpan<byte> code)
    {
        if (code.Length > 200)
        {
            return null;
        }

        Span<char> text = stackalloc char[200];
        var length = Encoding.UTF8.GetChars(code, text);
        return lookup.TryGetValue(text[..length], out var system) ? system : null;
    }
}
