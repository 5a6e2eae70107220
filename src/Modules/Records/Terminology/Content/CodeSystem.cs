namespace Salus.Records.Terminology.Content;

/// <summary>
/// The content of one version of a code system, in memory: concepts by place, the hierarchy both ways, properties, names, and an index of words.
/// The same whether it came from a CodeSystem resource or from a loaded table. Immutable, safe for all threads.
/// </summary>
internal sealed partial class CodeSystem
{
    private readonly string[] codes;
    private readonly Dictionary<string, int> places;
    private readonly TextTable displays;
    private readonly TextTable definitions;
    private readonly CodeBits inactive;
    private readonly CodeBits notSelectable;
    private readonly Links parents;
    private readonly Links children;
    private readonly string[] propertyNames;
    private readonly PropertyValue[] values;
    private readonly Links properties;
    private readonly Links designations;
    private readonly (string? Language, string? UseSystem, string? UseCode)[] designationKinds;
    private readonly TextTable designationTexts;
    private readonly Lazy<WordIndex> words;

    public SystemHeader Header { get; }

    public string Url => Header.Url;

    public int Count => codes.Length;

    /// <summary>Whether any concept stands below another.</summary>
    public bool IsHierarchical { get; }

    /// <summary>Whether a code that is not here is no code of the system.</summary>
    public bool IsComplete => Header.Content == SystemContent.Complete;

    public WordIndex Words => words.Value;

    /// <summary>The place of a code; -1 when it is not here.</summary>
    public int Find(string code) => places.TryGetValue(code, out var place) ? place : -1;

    public string Code(int place) => codes[place];

    public string? Display(int place) => displays.Text(place);

    public ReadOnlySpan<byte> DisplayUtf8(int place) => displays.Utf8(place);

    public string? Definition(int place) => definitions.Text(place);

    public bool IsInactive(int place) => inactive[place];

    public bool IsAbstract(int place) => notSelectable[place];

    public CodeBits Inactive => inactive;

    public CodeBits Abstract => notSelectable;

    public ReadOnlySpan<int> Parents(int place) => parents[place];

    public ReadOnlySpan<int> Children(int place) => children[place];

    /// <summary>Whether a property is declared, or any concept has it.</summary>
    public bool KnowsProperty(string name) => Header.Properties.ContainsKey(name) || propertyNames.Contains(name);

    public IEnumerable<string> PropertyNames => Header.Properties.Keys.Union(propertyNames);

    /// <summary>The properties of a concept, in the order of the source.</summary>
    public IEnumerable<KeyValuePair<string, PropertyValue>> Properties(int place)
    {
        var found = new List<KeyValuePair<string, PropertyValue>>();
        var row = properties[place];
        for (var i = 0; i + 1 < row.Length; i += 2)
        {
            found.Add(new(propertyNames[row[i]], values[row[i + 1]]));
        }

        return found;
    }

    /// <summary>The names of a concept beside its display.</summary>
    public IEnumerable<Designation> Designations(int place)
    {
        var found = new List<Designation>();
        var row = designations[place];
        for (var i = 0; i + 1 < row.Length; i += 2)
        {
            var (language, useSystem, useCode) = designationKinds[row[i]];
            found.Add(new Designation(language, useSystem, useCode, designationTexts.Text(row[i + 1]) ?? ""));
        }

        return found;
    }

    /// <summary>The name in a language, or the display when there is none.</summary>
    public string? DisplayIn(int place, string? language)
    {
        if (language is null || Speaks(Header.Language, language))
        {
            return Display(place);
        }

        // Where several names speak it and the display is one of them, it is the preferred one.
        var names = Designations(place).Where(d => Speaks(d.Language, language)).Select(d => d.Value).ToList();
        return names.Count == 0 || names.Contains(Display(place)!) ? Display(place) : names[0];
    }

    /// <summary>All concepts below one, without itself.</summary>
    public CodeBits Below(int place)
    {
        var below = new CodeBits(Count);
        var open = new Stack<int>([place]);
        while (open.TryPop(out var next))
        {
            foreach (var child in children[next])
            {
                if (below.Add(child))
                {
                    open.Push(child);
                }
            }
        }

        return below;
    }

    /// <summary>All concepts above one, without itself.</summary>
    public CodeBits Above(int place)
    {
        var above = new CodeBits(Count);
        var open = new Stack<int>([place]);
        while (open.TryPop(out var next))
        {
            foreach (var parent in parents[next])
            {
                if (above.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return above;
    }

    /// <summary>Whether one concept stands below another, at whatever distance. A concept is not below itself.</summary>
    public bool IsBelow(int place, int ancestor)
    {
        // Upwards: a concept has few ancestors, also where it has many descendants.
        var seen = new HashSet<int>();
        var open = new Stack<int>([place]);
        while (open.TryPop(out var next))
        {
            foreach (var parent in parents[next])
            {
                if (parent == ancestor)
                {
                    return true;
                }

                if (seen.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return false;
    }

    /// <summary>Whether a text's language is the wanted one or a variety of it: de-AT speaks de.</summary>
    public static bool Speaks(string? language, string wanted) =>
        language is not null && (language.Equals(wanted, StringComparison.OrdinalIgnoreCase)
            || (language.Length > wanted.Length && language[wanted.Length] == '-' && language.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)));
}
