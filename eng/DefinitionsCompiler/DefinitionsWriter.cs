using Salus.Fhir.Definitions;

namespace Salus.DefinitionsCompiler;

/// <summary>Writes the sections in the order that <c>DefinitionsReader</c> in src/Fhir reads them.</summary>
internal sealed class DefinitionsWriter
{
    private readonly Dictionary<string, int> strings = new(StringComparer.Ordinal);
    private readonly FormatWriter stringSection = new();
    private readonly FormatWriter codeSection = new();
    private readonly Dictionary<string, int> codeLists = new(StringComparer.Ordinal);
    private readonly FormatWriter targetSection = new();
    private readonly Dictionary<string, int> targetLists = new(StringComparer.Ordinal);

    internal byte[] Write(
        IReadOnlyList<TypeRow> types,
        ValueSetExpander valueSets,
        IReadOnlyList<SearchParameter> parameters,
        IReadOnlyList<(string Type, IReadOnlyList<string> Parameters)> compartment,
        (byte[] Lines, int Length, int Count) profiles)
    {
        var typeSection = Types(types, valueSets);
        var parameterSection = Parameters(parameters);
        var compartmentSection = new FormatWriter();
        compartmentSection.Number(compartment.Count);
        foreach (var (type, names) in compartment)
        {
            Text(compartmentSection, type);
            Texts(compartmentSection, names);
        }

        var invariants = Invariants(types);
        var file = new FormatWriter();
        file.Raw(DefinitionsFormat.Magic);
        file.Number(DefinitionsFormat.Version);
        file.Section(Counted(strings.Count, stringSection));
        file.Section(Counted(targetLists.Count, targetSection));
        file.Section(Counted(codeLists.Count, codeSection));
        file.Section(typeSection);
        file.Section(parameterSection);
        file.Section(compartmentSection);
        file.Section(invariants);
        file.Number(profiles.Length);
        file.Section(profiles.Lines);
        return file.ToArray();
    }

    internal int CodeLists => codeLists.Count;

    internal int InvariantCount { get; private set; }

    private static FormatWriter Counted(int count, FormatWriter rest)
    {
        var counted = new FormatWriter();
        counted.Number(count);
        counted.Raw(rest.ToArray());
        return counted;
    }

    private FormatWriter Types(IReadOnlyList<TypeRow> types, ValueSetExpander valueSets)
    {
        var section = new FormatWriter();
        var numbers = types.Select((type, index) => (type.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        section.Number(types.Count);
        section.Number(types.Sum(type => type.Elements.Count));
        foreach (var type in types)
        {
            Text(section, type.Name);
            section.Byte((byte)type.Kind);
            section.Byte(type.IsAbstract ? (byte)1 : (byte)0);
            section.Byte((byte)type.Primitive);
            section.Number(type.Base is null ? 0 : numbers[type.Base] + 1);
            section.Number(type.Elements.Count);
        }

        foreach (var element in types.SelectMany(type => type.Elements))
        {
            Element(section, element, numbers, valueSets);
        }

        return section;
    }

    private void Element(FormatWriter section, ElementRow element, Dictionary<string, int> types, ValueSetExpander valueSets)
    {
        var bound = element.Binding != BindingStrength.None;
        var targeted = element.Targets.Count > 0;
        Text(section, element.Name);
        Text(section, element.JsonName);
        section.Number(types[element.Type]);
        section.Byte((byte)(element.Marks | (bound ? ElementMarks.Bound : 0) | (targeted ? ElementMarks.Targeted : 0)));
        section.Number(element.Max);
        if (bound)
        {
            section.Byte((byte)element.Binding);
            Text(section, element.ValueSet ?? "");
            section.Number(CodeList(element, valueSets) + 1);
        }

        if (targeted)
        {
            section.Number(TargetList(element.Targets));
        }
    }

    private int TargetList(IReadOnlyList<string> targets)
    {
        var key = string.Join(' ', targets);
        if (!targetLists.TryGetValue(key, out var number))
        {
            targetLists.Add(key, number = targetLists.Count);
            Texts(targetSection, targets);
        }

        return number;
    }

    /// <summary>The number of the closed list of a required binding; -1 when there is none.</summary>
    private int CodeList(ElementRow element, ValueSetExpander valueSets)
    {
        if (element.Binding != BindingStrength.Required || element.ValueSet is null || valueSets.Expand(element.ValueSet) is not { } codes)
        {
            return -1;
        }

        if (!codeLists.TryGetValue(element.ValueSet, out var number))
        {
            codeLists.Add(element.ValueSet, number = codeLists.Count);
            var list = new FormatWriter();
            list.Number(codes.Count);
            foreach (var (system, code) in codes)
            {
                Text(list, code);
                Text(list, system);
            }

            Text(codeSection, element.ValueSet);
            codeSection.Section(list);
        }

        return number;
    }

    private FormatWriter Parameters(IReadOnlyList<SearchParameter> parameters)
    {
        var section = new FormatWriter();
        section.Number(parameters.Count);
        foreach (var parameter in parameters)
        {
            Text(section, parameter.Url);
            Text(section, parameter.Code);
            section.Byte((byte)parameter.Type);
            Texts(section, parameter.Base);
            Text(section, parameter.Expression ?? "");
            Texts(section, parameter.Targets);
            section.Number(parameter.Components.Count);
            foreach (var component in parameter.Components)
            {
                Text(section, component.Definition);
                Text(section, component.Expression);
            }

            Text(section, parameter.Description);
        }

        return section;
    }

    /// <summary>Every invariant once, where it is stated: not again on the types and elements that inherit it.</summary>
    private FormatWriter Invariants(IReadOnlyList<TypeRow> types)
    {
        var byName = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
        var rows = new FormatWriter();
        var element = 0;
        for (var i = 0; i < types.Count; i++)
        {
            var inherited = types[i].Base is { } parent ? Keys(byName, parent) : [];
            foreach (var invariant in types[i].Invariants.Where(invariant => !inherited.Contains(invariant.Key)))
            {
                Invariant(rows, i + 1, 0, invariant);
            }

            foreach (var row in types[i].Elements)
            {
                element++;
                var ofType = Keys(byName, row.Type);
                // What is true of all elements is not repeated for the abstract Resource either.
                foreach (var invariant in row.Invariants.Where(invariant => invariant.Key is not ("ele-1" or "ext-1") && !ofType.Contains(invariant.Key)))
                {
                    Invariant(rows, 0, element, invariant);
                }
            }
        }

        return Counted(InvariantCount, rows);
    }

    private static HashSet<string> Keys(Dictionary<string, TypeRow> types, string? name)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (; name is not null && types.TryGetValue(name, out var type); name = type.Base)
        {
            keys.UnionWith(type.Invariants.Select(invariant => invariant.Key));
        }

        return keys;
    }

    private void Invariant(FormatWriter section, int type, int element, InvariantRow invariant)
    {
        InvariantCount++;
        section.Number(type);
        section.Number(element);
        section.Byte(invariant.IsError ? (byte)1 : (byte)0);
        Text(section, invariant.Key);
        Text(section, invariant.Human);
        Text(section, invariant.Expression);
    }

    private void Texts(FormatWriter section, IReadOnlyList<string> values)
    {
        section.Number(values.Count);
        foreach (var value in values)
        {
            Text(section, value);
        }
    }

    private void Text(FormatWriter section, string value)
    {
        if (!strings.TryGetValue(value, out var number))
        {
            strings.Add(value, number = strings.Count);
            stringSection.Text(value);
        }

        section.Number(number);
    }
}
