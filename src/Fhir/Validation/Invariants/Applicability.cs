using System.Collections.Frozen;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>
/// Finds out, before there is data, which properties an element must have so that a condition on it can be false. <c>value.empty() or x.exists()</c>
/// is true of an element without a value and an x; nine of ten evaluations fall away so.
/// </summary>
internal static class Applicability
{
    /// <summary>Functions whose arguments look at the items of the input (which are none when the input is), or name a type.</summary>
    private static readonly FrozenSet<string> PerItem = FrozenSet.Create(
        StringComparer.Ordinal, "where", "select", "all", "exists", "repeat", "aggregate", "sort", "ofType", "is", "as");

    /// <summary>
    /// A bit per position of the type's elements: without any of them the condition is met. Null when it has to be evaluated on every element.
    /// </summary>
    internal static ulong[]? Mask(FhirPath condition, TypeDefinition type, FhirDefinitions definitions)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!Collect(PathParser.Parse(condition.Text), definitions, names))
        {
            return null;
        }

        // Names that are not looked at start from something else; with none of the collected ones, every path is empty.
        var empty = Empty(type, definitions);
        if (condition.Test(empty, PathContext.Default with { Resource = empty, RootResource = empty }, out var error) == false || error is not null)
        {
            return null;
        }

        var mask = new ulong[(type.Elements.Length + 63) / 64];
        foreach (var element in type.Elements)
        {
            if (names.Contains(element.Name))
            {
                mask[element.Position >> 6] |= 1UL << element.Position;
            }
        }

        return mask;
    }

    /// <summary>Adds the names that start from the element itself; false when something else is looked at too.</summary>
    private static bool Collect(PathSyntax tree, FhirDefinitions definitions, HashSet<string> names) => tree switch
    {
        LiteralSyntax => true,
        ConstantSyntax constant => constant.Name is "ucum" or "sct" or "loinc" || constant.Name.StartsWith("vs-", StringComparison.Ordinal),
        MemberSyntax { Source: null } member => definitions.Type(member.Name) is null && Add(names, member.Name),
        // Patient.name on a Patient.
        MemberSyntax { Source: MemberSyntax { Source: null } start } member when definitions.Type(start.Name) is not null => Add(names, member.Name),
        MemberSyntax member => Collect(member.Source!, definitions, names),
        FunctionSyntax { Source: null } function => function.Name == "iif" && function.Arguments.All(a => Collect(a, definitions, names)),
        FunctionSyntax function => Collect(function.Source!, definitions, names)
            && (PerItem.Contains(function.Name) || function.Arguments.All(a => Collect(a, definitions, names))),
        IndexerSyntax indexer => Collect(indexer.Source, definitions, names) && Collect(indexer.Index, definitions, names),
        UnarySyntax unary => Collect(unary.Operand, definitions, names),
        BinarySyntax binary => Collect(binary.Left, definitions, names) && Collect(binary.Right, definitions, names),
        TypeSyntax typed => Collect(typed.Operand, definitions, names),
        _ => false,
    };

    private static bool Add(HashSet<string> names, string name)
    {
        names.Add(name);
        return true;
    }

    /// <summary>An element of the type that has nothing.</summary>
    private static Element Empty(TypeDefinition type, FhirDefinitions definitions)
    {
        var node = new Node { NameStart = -1, Length = 2, Next = 1, Definition = Node.None, Type = (ushort)type.Index, Kind = JsonKind.Object };
        return new ResourceDocument(definitions, "{}"u8.ToArray(), [node], 1).Root;
    }
}
