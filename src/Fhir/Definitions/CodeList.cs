using System.Collections.Frozen;
using System.Text;

namespace Salus.Fhir.Definitions;

/// <summary>The expanded, closed list of codes of a value set. Built when it is first asked; safe for all threads.</summary>
public sealed class CodeList
{
    private const int LongestCode = 200;
    private readonly Lazy<Index> index;

    internal CodeList(string valueSet, IEnumerable<KeyValuePair<string, string>> codes)
        : this(valueSet, () => codes)
    {
    }

    internal CodeList(string valueSet, Func<IEnumerable<KeyValuePair<string, string>>> codes)
    {
        ValueSet = valueSet;
        index = new(() => new Index(codes()));
    }

    /// <summary>The canonical URL of the value set.</summary>
    public string ValueSet { get; }

    public IReadOnlyCollection<string> Codes => index.Value.Systems.Keys;

    /// <summary>True when the list has this code.</summary>
    public bool Contains(ReadOnlySpan<byte> code) => Systems(code) is not null;

    /// <summary>True when the list has this code of this system.</summary>
    public bool Contains(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        foreach (var known in Systems(code) ?? [])
        {
            if (SameText(system, known))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The code system of a code in this list, or null: for a <c>code</c> element the system is implicit. The first one when several systems share the code.</summary>
    public string? System(ReadOnlySpan<byte> code) => Systems(code)?[0];

    private static bool SameText(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length != text.Length)
        {
            return false; // System URLs are ASCII.
        }

        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private string[]? Systems(ReadOnlySpan<byte> code)
    {
        if (code.Length > LongestCode)
        {
            return null;
        }

        Span<char> text = stackalloc char[LongestCode];
        var length = Encoding.UTF8.GetChars(code, text);
        return index.Value.Lookup.TryGetValue(text[..length], out var systems) ? systems : null;
    }

    private sealed class Index
    {
        internal Index(IEnumerable<KeyValuePair<string, string>> codes)
        {
            Systems = codes.GroupBy(c => c.Key, c => c.Value).ToFrozenDictionary(g => g.Key, g => g.Distinct().ToArray(), StringComparer.Ordinal);
            Lookup = Systems.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        internal FrozenDictionary<string, string[]> Systems { get; }

        internal FrozenDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
