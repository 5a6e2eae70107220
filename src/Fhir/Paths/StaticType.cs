using Salus.Fhir.Definitions;

namespace Salus.Fhir.Paths;

/// <summary>What an expression can give, as far as it is known before there is a resource. Immutable.</summary>
internal sealed class StaticType
{
    /// <summary>Nothing is known.</summary>
    internal static readonly StaticType Any = new([], PathKind.None, isAny: true);

    /// <summary>It can never give anything.</summary>
    internal static readonly StaticType Nothing = new([], PathKind.None, isAny: false);

    internal static readonly StaticType Boolean = new([], PathKind.Boolean, isAny: false);
    internal static readonly StaticType Integer = new([], PathKind.Integer, isAny: false);
    internal static readonly StaticType String = new([], PathKind.String, isAny: false);
    internal static readonly StaticType Decimal = new([], PathKind.Decimal, isAny: false);
    internal static readonly StaticType Type = new([], PathKind.Type, isAny: false);

    private StaticType(TypeDefinition[] fhir, PathKind system, bool isAny)
    {
        Fhir = fhir;
        System = system;
        IsAny = isAny;
    }

    /// <summary>The FHIR types that its items can have; empty when it gives System values, or nothing, or is not known.</summary>
    internal TypeDefinition[] Fhir { get; }

    internal PathKind System { get; }

    internal bool IsAny { get; }

    internal bool IsNothing => !IsAny && System == PathKind.None && Fhir.Length == 0;

    internal static StaticType Of(PathKind kind) => new([], kind, isAny: false);

    internal static StaticType Of(IEnumerable<TypeDefinition> types) => new([.. types.Distinct()], PathKind.None, isAny: false);

    /// <summary>For a message: <c>a HumanName</c>, <c>a System.String</c>.</summary>
    internal string Describe() => this switch
    {
        { IsAny: true } => "anything",
        { System: not PathKind.None } => "a System." + System,
        { Fhir: [] } => "nothing",
        { Fhir.Length: <= 4 } => "a " + string.Join(" or ", Fhir.Select(t => t.Name)),
        _ => $"any of {Fhir.Length} types",
    };

    /// <summary>What <c>a | b</c> can give.</summary>
    internal StaticType Or(StaticType other)
    {
        if (IsNothing || ReferenceEquals(this, other))
        {
            return other;
        }

        if (other.IsNothing)
        {
            return this;
        }

        if (IsAny || other.IsAny || System != other.System)
        {
            return Any;
        }

        return System != PathKind.None ? this : Of(Fhir.Concat(other.Fhir));
    }
}
