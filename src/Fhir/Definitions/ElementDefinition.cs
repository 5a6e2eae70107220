namespace Salus.Fhir.Definitions;

/// <summary>One element of a type. A choice element stands once per allowed type. Immutable after loading.</summary>
public sealed class ElementDefinition
{
    internal ElementDefinition(int index, TypeDefinition owner, int position, string name, string jsonName, TypeDefinition type, byte[]? jsonNameUtf8 = null)
    {
        Index = index;
        Owner = owner;
        Position = position;
        Slot = position;
        Name = name;
        JsonName = jsonName;
        JsonNameBytes = jsonNameUtf8 ?? System.Text.Encoding.UTF8.GetBytes(jsonName);
        Type = type;
    }

    /// <summary>The position in <see cref="FhirDefinitions.Elements"/>.</summary>
    public int Index { get; }

    /// <summary>The type that has this element. An inherited element is repeated for each type that inherits it.</summary>
    public TypeDefinition Owner { get; }

    /// <summary>The position in <see cref="TypeDefinition.Elements"/> of <see cref="Owner"/>.</summary>
    public int Position { get; }

    /// <summary>The name in FHIRPath: <c>value</c> for every type of <c>value[x]</c>.</summary>
    public string Name { get; }

    /// <summary>The property name in JSON: <c>valueQuantity</c>.</summary>
    public string JsonName { get; }

    internal byte[] JsonNameBytes { get; }

    public ReadOnlySpan<byte> JsonNameUtf8 => JsonNameBytes;

    /// <summary>The type of the value; the abstract <c>Resource</c> where any resource may stand.</summary>
    public TypeDefinition Type { get; }

    /// <summary>The least number of values; 0 for each type of a choice, see <see cref="ChoiceMin"/>.</summary>
    public int Min { get; internal set; }

    /// <summary>For a choice: the least number of values of all its types together (0 or 1); otherwise 0.</summary>
    public int ChoiceMin { get; internal set; }

    /// <summary>The <see cref="Position"/> of the first type of the same choice, so that all its types share one slot; its own position when it is no choice.</summary>
    public int Slot { get; internal set; }

    /// <summary>The greatest number of values; <see cref="int.MaxValue"/> for <c>*</c>.</summary>
    public int Max { get; internal set; } = 1;

    /// <summary>True when JSON writes it as an array.</summary>
    public bool IsArray { get; internal set; }

    /// <summary>True when it is one type of a choice such as <c>value[x]</c>.</summary>
    public bool IsChoice { get; internal set; }

    public bool IsSummary { get; internal set; }

    public bool IsModifier { get; internal set; }

    public BindingStrength Binding { get; internal set; }

    /// <summary>The value set of the binding, without version; null when there is none.</summary>
    public string? ValueSet { get; internal set; }

    /// <summary>All codes of a required binding whose value set is a closed list; null when there is none or it is not closed here.</summary>
    public CodeList? Codes { get; internal set; }

    /// <summary>For a Reference or canonical: the resource types it may point to; empty means any.</summary>
    public IReadOnlyList<string> Targets { get; internal set; } = [];

    public override string ToString() => $"{Owner.Name}.{Name}{(IsChoice ? "[x]" : "")}";
}
