using Salus.Fhir.Definitions;

namespace Salus.Fhir.Paths;

/// <summary>A type named in an expression: a FHIR type, a System type, or for <c>Quantity</c> without namespace either.</summary>
internal sealed record TypeSpecifier(string Name, TypeDefinition? Fhir, PathKind System)
{
    /// <summary>True when a FHIR primitive has the System type of its value.</summary>
    internal bool TakesPrimitives { get; init; }

    /// <summary>The type of that name, or null. Without namespace, FHIR's types come before System's.</summary>
    internal static TypeSpecifier? Find(FhirDefinitions definitions, string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var space = dot < 0 ? "" : name[..dot];
        var local = name[(dot + 1)..];
        var fhir = space is "" or "FHIR" ? definitions.Type(local) : null;
        var system = space is "" or "System" ? SystemKind(local) : PathKind.None;
        if (space.Length > 0 && fhir is null && system == PathKind.None)
        {
            // Types of backbone elements have dots of their own: Patient.contact.
            fhir = definitions.Type(name);
        }

        if (space == "System" && system == PathKind.None && definitions.Type(local) is not null)
        {
            // System has no such type, but FHIR has: then nothing is one, which can be asked.
            return new TypeSpecifier(name, null, PathKind.None);
        }

        return fhir is null && system == PathKind.None ? null : new TypeSpecifier(name, fhir, system);
    }

    /// <summary>True when the value has this type or one that specializes it.</summary>
    internal bool Matches(in PathValue value) => value.Kind switch
    {
        PathKind.Element => (Fhir is not null && Specializes(value.Element.Type, Fhir)) || (TakesPrimitives && System != PathKind.None && SystemValue.Of(value).Kind == System),
        PathKind.Target => Fhir is not null && Specializes(value.TargetType, Fhir),
        _ => System != PathKind.None && value.Kind == System,
    };

    /// <summary>
    /// What <c>as</c> and <c>ofType</c> keep: as <see cref="Matches"/>, but of a primitive only the very type, so that
    /// <c>as string</c> does not take a code (the official tests ask for it).
    /// </summary>
    internal bool Keeps(in PathValue value) =>
        value.Kind == PathKind.Element && Fhir is { Kind: TypeKind.Primitive } ? value.Element.Type == Fhir : Matches(value);

    /// <summary>The same for a type that is known beforehand.</summary>
    internal bool Keeps(TypeDefinition type) => Fhir is { Kind: TypeKind.Primitive } ? type == Fhir : Fhir is not null && Specializes(type, Fhir);

    internal static bool Specializes(TypeDefinition? type, TypeDefinition general)
    {
        for (; type is not null; type = type.Base)
        {
            if (type == general)
            {
                return true;
            }
        }

        return false;
    }

    private static PathKind SystemKind(string name) => name switch
    {
        "Boolean" => PathKind.Boolean,
        "Integer" => PathKind.Integer,
        "Decimal" => PathKind.Decimal,
        "String" => PathKind.String,
        "Date" => PathKind.Date,
        "DateTime" => PathKind.DateTime,
        "Time" => PathKind.Time,
        "Quantity" => PathKind.Quantity,
        _ => PathKind.None,
    };
}
