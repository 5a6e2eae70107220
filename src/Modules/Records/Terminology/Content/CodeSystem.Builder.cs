namespace Salus.Records.Terminology.Content;

internal sealed partial class CodeSystem
{
    private CodeSystem(SystemHeader header, Builder from)
    {
        Header = header;
        codes = [.. from.Codes];
        places = from.Places;
        displays = from.Displays.Build();
        definitions = from.Definitions.Build();
        inactive = Bits(from.Inactive);
        notSelectable = Bits(from.Abstract);
        var up = from.Parents
            .Where(p => places.ContainsKey(p.Parent)).Select(p => (Row: p.Child, Value: places[p.Parent])).Where(p => p.Row != p.Value).Distinct().ToList();
        parents = new Links(codes.Length, up);
        children = new Links(codes.Length, [.. up.Select(p => (p.Value, p.Row))]);
        IsHierarchical = up.Count > 0;
        propertyNames = [.. from.PropertyNames.Keys];
        values = [.. from.Values.Keys];
        properties = new Links(codes.Length, from.Properties);
        designationKinds = [.. from.Kinds.Keys];
        designations = new Links(codes.Length, from.Designations);
        designationTexts = from.DesignationTexts.Build();
        words = new(() => new WordIndex(this));
    }

    private CodeBits Bits(List<int> members)
    {
        var bits = new CodeBits(codes.Length);
        members.ForEach(m => bits.Add(m));
        return bits;
    }

    /// <summary>Collects concepts in their order. A code that comes twice keeps its first meaning.</summary>
    internal sealed class Builder(SystemHeader header)
    {
        public List<string> Codes { get; } = [];

        public Dictionary<string, int> Places { get; } = new(header.CaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

        public TextTable.Builder Displays { get; } = new();

        public TextTable.Builder Definitions { get; } = new();

        public List<int> Inactive { get; } = [];

        public List<int> Abstract { get; } = [];

        public List<(int Child, string Parent)> Parents { get; } = [];

        // Dictionaries that nothing is removed from keep the order of insertion: the number of a key is its place.
        public Dictionary<string, int> PropertyNames { get; } = new(StringComparer.Ordinal);

        public Dictionary<PropertyValue, int> Values { get; } = [];

        public List<(int, int)> Properties { get; } = [];

        public Dictionary<(string? Language, string? UseSystem, string? UseCode), int> Kinds { get; } = [];

        public List<(int, int)> Designations { get; } = [];

        public TextTable.Builder DesignationTexts { get; } = new();

        public void Add(NewConcept concept)
        {
            var place = Codes.Count;
            if (!Places.TryAdd(concept.Code, place))
            {
                // In another place of the hierarchy: it has this parent too.
                Parents.AddRange(concept.Parents.Select(p => (Places[concept.Code], p)));
                return;
            }

            Codes.Add(concept.Code);
            Displays.Add(concept.Display);
            Definitions.Add(concept.Definition);
            Mark(Inactive, place, concept.Inactive);
            Mark(Abstract, place, concept.Abstract);
            Parents.AddRange(concept.Parents.Select(p => (place, p)));
            foreach (var (name, value) in concept.Properties)
            {
                Properties.Add((place, Number(PropertyNames, name)));
                Properties.Add((place, Number(Values, value)));
            }

            foreach (var designation in concept.Designations)
            {
                Designations.Add((place, Number(Kinds, (designation.Language, designation.UseSystem, designation.UseCode))));
                Designations.Add((place, DesignationTexts.Add(designation.Value)));
            }
        }

        /// <summary>A parent that stands elsewhere than at its child.</summary>
        public void Link(string child, string parent) => Late.Add((child, parent));

        public CodeSystem Build()
        {
            Parents.AddRange(Late.Where(l => Places.ContainsKey(l.Child)).Select(l => (Places[l.Child], l.Parent)));
            return new CodeSystem(header, this);
        }

        private List<(string Child, string Parent)> Late { get; } = [];

        private static void Mark(List<int> marked, int place, bool mark)
        {
            if (mark)
            {
                marked.Add(place);
            }
        }

        private static int Number<T>(Dictionary<T, int> numbers, T key)
            where T : notnull
        {
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers.Add(key, number = numbers.Count);
            }

            return number;
        }
    }
}
