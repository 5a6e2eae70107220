namespace Salus.Fhir.Definitions;

/// <summary>One FHIR type with its elements, inherited ones included. Immutable after loading; safe for all threads.</summary>
public sealed class TypeDefinition
{
    private ElementDefinition[] elements = [];
    private short[]? table;

    internal TypeDefinition(int index, string name, TypeKind kind, bool isAbstract)
    {
        Index = index;
        Name = name;
        Kind = kind;
        IsAbstract = isAbstract;
    }

    /// <summary>The position in <see cref="FhirDefinitions.Types"/>.</summary>
    public int Index { get; }

    /// <summary><c>Patient</c>, <c>Patient.contact</c>, <c>HumanName</c>, <c>date</c>.</summary>
    public string Name { get; }

    public TypeKind Kind { get; }

    public bool IsAbstract { get; }

    /// <summary>The type this one specializes, such as <c>DomainResource</c> for <c>Patient</c>; null for <c>Element</c> and <c>Resource</c>.</summary>
    public TypeDefinition? Base { get; internal set; }

    /// <summary>For a primitive: how its text is read and checked.</summary>
    public PrimitiveKind Primitive { get; internal set; }

    /// <summary>All elements, inherited first, in the order of the specification; a choice (<c>value[x]</c>) is one element per type.</summary>
    public ReadOnlySpan<ElementDefinition> Elements => elements;

    internal void SetElements(ElementDefinition[] value) => elements = value;

    /// <summary>True when this type is, or specializes, the named one.</summary>
    public bool Is(string name)
    {
        for (var type = this; type is not null; type = type.Base)
        {
            if (type.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The element of that JSON property name (<c>valueQuantity</c>, without a leading underscore), or null.</summary>
    public ElementDefinition? Find(ReadOnlySpan<byte> jsonName)
    {
        if (jsonName.IsEmpty)
        {
            return null;
        }

        var slots = table ??= BuildTable();
        var mask = slots.Length - 1;
        for (var slot = Hash(jsonName) & mask; slots[slot] >= 0; slot = (slot + 1) & mask)
        {
            var element = elements[slots[slot]];
            if (element.JsonNameUtf8.SequenceEqual(jsonName))
            {
                return element;
            }
        }

        return null;
    }

    // Names of one type differ in length, ends or middle; four bytes are enough to spread a few dozen of them.
    private static int Hash(ReadOnlySpan<byte> name) =>
        (name.Length * 37) + (name[0] * 5) + (name[^1] * 11) + (name[name.Length / 2] * 17);

    private short[] BuildTable()
    {
        var size = 8;
        while (size < elements.Length * 2)
        {
            size *= 2;
        }

        var slots = new short[size];
        Array.Fill(slots, (short)-1);
        for (short i = 0; i < elements.Length; i++)
        {
            var slot = Hash(elements[i].JsonNameUtf8) & (size - 1);
            while (slots[slot] >= 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            slots[slot] = i;
        }

        return slots;
    }

    public override string ToString() => Name;
}
