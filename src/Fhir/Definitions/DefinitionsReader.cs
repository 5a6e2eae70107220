using System.IO.Compression;

namespace Salus.Fhir.Definitions;

/// <summary>Reads <c>r4.bin</c>. Types and elements are built at once; code lists and search parameters when they are first used.</summary>
internal sealed class DefinitionsReader
{
    private readonly byte[] file;
    private readonly StringTable strings;
    private readonly string[][] targets;
    private readonly CodeList[] codeLists;
    private readonly Range types;
    private readonly Range parameters;
    private readonly Range compartment;
    private readonly Range invariants;
    private readonly Range profiles;
    private readonly int profileBytes;

    /// <exception cref="InvalidDataException">The file is of another version or no such file.</exception>
    internal DefinitionsReader(byte[] file)
    {
        this.file = file;
        var reader = new FormatReader(file, DefinitionsFormat.Magic.Length);
        if (!file.AsSpan().StartsWith(DefinitionsFormat.Magic) || reader.Number() != DefinitionsFormat.Version)
        {
            throw new InvalidDataException($"The compiled FHIR definitions are not of version {DefinitionsFormat.Version}; build src/Fhir again.");
        }

        strings = new StringTable(file, reader.Section());
        targets = Targets(reader.Section());
        codeLists = CodeLists(reader.Section());
        types = reader.Section();
        parameters = reader.Section();
        compartment = reader.Section();
        invariants = reader.Section();
        profileBytes = reader.Number();
        profiles = reader.Section();
    }

    internal FhirDefinitions Read()
    {
        var reader = new FormatReader(file, types.Start.Value);
        var read = new TypeDefinition[reader.Number()];
        var elements = new ElementDefinition[reader.Number()];
        var bases = new int[read.Length];
        var counts = new int[read.Length];
        for (var i = 0; i < read.Length; i++)
        {
            var name = strings[reader.Number()];
            read[i] = new TypeDefinition(i, name, (TypeKind)reader.Byte(), reader.Byte() != 0) { Primitive = (PrimitiveKind)reader.Byte() };
            bases[i] = reader.Number() - 1;
            counts[i] = reader.Number();
        }

        var names = new byte[]?[elements.Length];
        var next = 0;
        for (var i = 0; i < read.Length; i++)
        {
            read[i].Base = bases[i] < 0 ? null : read[bases[i]];
            var own = new ElementDefinition[counts[i]];
            for (var position = 0; position < own.Length; position++)
            {
                own[position] = elements[next] = Element(ref reader, next, read[i], position, read, position == 0 ? null : own[position - 1], names);
                next++;
            }

            read[i].SetElements(own);
        }

        return new FhirDefinitions(read, elements, ReadParameters, ReadCompartment) { InvariantSource = () => ReadInvariants(read, elements), ProfileSource = ReadProfiles };
    }

    private ElementDefinition Element(
        ref FormatReader reader, int index, TypeDefinition owner, int position, TypeDefinition[] all, ElementDefinition? before, byte[]?[] names)
    {
        var name = strings[reader.Number()];
        var json = reader.Number();
        // Element names are few and come early in the string table: one array of bytes serves all elements of that name.
        var utf8 = json < names.Length ? names[json] ??= strings.Utf8(json).ToArray() : strings.Utf8(json).ToArray();
        var element = new ElementDefinition(index, owner, position, name, strings[json], all[reader.Number()], utf8);
        var marks = (ElementMarks)reader.Byte();
        var required = (marks & ElementMarks.Required) != 0 ? 1 : 0;
        var max = reader.Number();
        element.Max = max == 0 ? int.MaxValue : max;
        element.IsArray = (marks & ElementMarks.Array) != 0;
        element.IsChoice = (marks & ElementMarks.Choice) != 0;
        element.IsSummary = (marks & ElementMarks.Summary) != 0;
        element.IsModifier = (marks & ElementMarks.Modifier) != 0;
        element.Min = element.IsChoice ? 0 : required;
        element.ChoiceMin = element.IsChoice ? required : 0;
        if ((marks & ElementMarks.ChoiceContinued) != 0)
        {
            element.Slot = before!.Slot;
        }

        if ((marks & ElementMarks.Bound) != 0)
        {
            element.Binding = (BindingStrength)reader.Byte();
            element.ValueSet = strings[reader.Number()] is { Length: > 0 } url ? url : null;
            var list = reader.Number();
            element.Codes = list == 0 ? null : codeLists[list - 1];
        }

        if ((marks & ElementMarks.Targeted) != 0)
        {
            element.Targets = targets[reader.Number()];
        }

        return element;
    }

    private string[][] Targets(Range section)
    {
        var reader = new FormatReader(file, section.Start.Value);
        var lists = new string[reader.Number()][];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = Texts(ref reader);
        }

        return lists;
    }

    private CodeList[] CodeLists(Range section)
    {
        var reader = new FormatReader(file, section.Start.Value);
        var lists = new CodeList[reader.Number()];
        for (var i = 0; i < lists.Length; i++)
        {
            var valueSet = strings[reader.Number()];
            var start = reader.Section().Start.Value;
            lists[i] = new CodeList(valueSet, () => Codes(start));
        }

        return lists;
    }

    private KeyValuePair<string, string>[] Codes(int start)
    {
        var reader = new FormatReader(file, start);
        var codes = new KeyValuePair<string, string>[reader.Number()];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = new(strings[reader.Number()], strings[reader.Number()]);
        }

        return codes;
    }

    private SearchParameter[] ReadParameters()
    {
        var reader = new FormatReader(file, parameters.Start.Value);
        var read = new SearchParameter[reader.Number()];
        for (var i = 0; i < read.Length; i++)
        {
            var url = strings[reader.Number()];
            var code = strings[reader.Number()];
            var type = (SearchType)reader.Byte();
            var bases = Texts(ref reader);
            var expression = strings[reader.Number()] is { Length: > 0 } text ? text : null;
            var pointsTo = Texts(ref reader);
            var parts = new SearchComponent[reader.Number()];
            for (var part = 0; part < parts.Length; part++)
            {
                parts[part] = new SearchComponent(strings[reader.Number()], strings[reader.Number()]);
            }

            read[i] = new SearchParameter(url, code, type, bases, expression, pointsTo, parts, strings[reader.Number()]);
        }

        return read;
    }

    private Invariant[] ReadInvariants(TypeDefinition[] allTypes, ElementDefinition[] elements)
    {
        var reader = new FormatReader(file, invariants.Start.Value);
        var read = new Invariant[reader.Number()];
        for (var i = 0; i < read.Length; i++)
        {
            var type = reader.Number();
            var element = reader.Number();
            var severity = reader.Byte() != 0 ? IssueSeverity.Error : IssueSeverity.Warning;
            var of = type > 0 ? allTypes[type - 1] : elements[element - 1].Type;
            read[i] = new Invariant(of, type > 0 ? null : elements[element - 1], severity, strings[reader.Number()], strings[reader.Number()], strings[reader.Number()]);
        }

        return read;
    }

    private byte[] ReadProfiles()
    {
        var lines = new byte[profileBytes];
        return BrotliDecoder.TryDecompress(file.AsSpan(profiles), lines, out var written) && written == lines.Length
            ? lines
            : throw new InvalidDataException("The compiled profiles are damaged; build src/Fhir again.");
    }

    private Dictionary<string, IReadOnlyList<string>> ReadCompartment()
    {
        var reader = new FormatReader(file, compartment.Start.Value);
        var count = reader.Number();
        var read = new Dictionary<string, IReadOnlyList<string>>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            read.Add(strings[reader.Number()], Texts(ref reader));
        }

        return read;
    }

    private string[] Texts(ref FormatReader reader)
    {
        var texts = new string[reader.Number()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = strings[reader.Number()];
        }

        return texts;
    }
}
