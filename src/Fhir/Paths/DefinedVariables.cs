using System.Collections.Immutable;

namespace Salus.Fhir.Paths;

/// <summary>A variable of <c>defineVariable()</c>: where its value is kept, and what it can be.</summary>
internal sealed record DefinedVariable(int Slot, StaticType Type);

/// <summary>The variables that can be seen at one place of an expression. Immutable.</summary>
internal sealed class DefinedVariables
{
    private readonly ImmutableDictionary<string, DefinedVariable> names;
    private readonly int slots;

    internal DefinedVariables()
        : this(ImmutableDictionary<string, DefinedVariable>.Empty, 0)
    {
    }

    private DefinedVariables(ImmutableDictionary<string, DefinedVariable> names, int slots)
    {
        this.names = names;
        this.slots = slots;
    }

    internal DefinedVariable? Find(string name) => names.GetValueOrDefault(name);

    internal DefinedVariables With(string name, StaticType type, out int slot)
    {
        slot = slots;
        return new DefinedVariables(names.SetItem(name, new DefinedVariable(slot, type)), slots + 1);
    }

    /// <summary>These names, without using a slot again that an inner part has taken.</summary>
    internal DefinedVariables WithSlotsOf(DefinedVariables inner) => inner.slots == slots ? this : new DefinedVariables(names, inner.slots);
}
