using Salus.Fhir.Json;

namespace Salus.Records.GraphQl;

/// <summary>An object of the answer in the making: what <c>@flatten</c> collates comes together here.</summary>
internal sealed class OutObject
{
    public OrderedDictionary<string, OutEntry> Entries { get; } = [];

    /// <summary>The entry of a key, a new one if there is none.</summary>
    public OutEntry Entry(string key)
    {
        if (!Entries.TryGetValue(key, out var entry))
        {
            Entries.Add(key, entry = new OutEntry());
        }

        return entry;
    }
}

/// <summary>What stands under one key: one value, or a list.</summary>
internal sealed class OutEntry
{
    /// <summary>Each an <see cref="OutObject"/>, an <see cref="Element"/> with a value, a text, a number, a <see cref="OutSlot"/> or null.</summary>
    public List<object?> Values { get; } = [];

    /// <summary>Whether it is a list however many there are.</summary>
    public bool IsList { get; set; }

    /// <summary>The FHIR type of the values; null as long as there are none.</summary>
    public string? Type { get; set; }

    /// <summary>Whether nothing more belongs here: several values where one was asked for.</summary>
    public bool IsRefused { get; set; }
}

/// <summary>The place of what is loaded later.</summary>
internal sealed class OutSlot
{
    /// <summary>Whether anything came, null included; a slot that stays empty is left out.</summary>
    public bool IsFilled { get; private set; }

    public object? Value
    {
        get;
        set
        {
            field = value;
            IsFilled = true;
        }
    }
}
