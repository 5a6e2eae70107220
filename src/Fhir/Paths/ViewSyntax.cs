using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>Replaces what only paths of view definitions have (constants, %rowIndex, resource and reference keys, their join) by what the compiler knows.</summary>
internal sealed class ViewSyntax(FhirDefinitions definitions, IReadOnlyDictionary<string, PathValue> constants, bool ofResource)
{
    /// <summary>True when %rowIndex stands in what was rewritten.</summary>
    internal bool UsesRowIndex { get; private set; }

    internal PathSyntax Rewrite(PathSyntax tree) => tree switch
    {
        ConstantSyntax { Name: "rowIndex" } => RowIndex(tree.Position),
        ConstantSyntax constant => Constant(constant),
        MemberSyntax { Source: { } source } member => member with { Source = Rewrite(source) },
        FunctionSyntax function => Function(function),
        IndexerSyntax indexer => indexer with { Source = Rewrite(indexer.Source), Index = Rewrite(indexer.Index) },
        UnarySyntax unary => unary with { Operand = Rewrite(unary.Operand) },
        BinarySyntax binary => binary with { Left = Rewrite(binary.Left), Right = Rewrite(binary.Right) },
        TypeSyntax type => type with { Operand = Rewrite(type.Operand) },
        _ => tree,
    };

    private FunctionSyntax RowIndex(int position)
    {
        UsesRowIndex = true;
        return new FunctionSyntax(position, null, PathFunctions.ViewRowIndex, []);
    }

    private PathSyntax Constant(ConstantSyntax constant)
    {
        if (constants.TryGetValue(constant.Name, out var value))
        {
            return new LiteralSyntax(constant.Position, value);
        }

        if (constant.Name is "context" or "resource" or "rootResource" or "ucum" or "sct" or "loinc"
            || constant.Name.StartsWith("vs-", StringComparison.Ordinal) || constant.Name.StartsWith("ext-", StringComparison.Ordinal))
        {
            return constant;
        }

        var known = constants.Count == 0 ? "the view has no constants" : "the view's are " + string.Join(", ", constants.Keys.Select(k => "%" + k));
        throw new PathFault($"The constant '%{constant.Name}' is not defined; {known}. Add it to ViewDefinition.constant", constant.Position);
    }

    private PathSyntax Function(FunctionSyntax call)
    {
        switch (call.Name)
        {
            case "getResourceKey":
                return ResourceKey(call);
            case PathFunctions.ReferenceKey:
                return call with { Source = call.Source is null ? null : Rewrite(call.Source), Arguments = ReferenceType(call) };
            // Their argument is a type, not an expression.
            case "ofType" or "as" or "is":
                return call with { Source = call.Source is null ? null : Rewrite(call.Source) };
            default:
                return call with
                {
                    Name = call.Name switch
                    {
                        "join" => PathFunctions.ViewJoin,
                        "lowBoundary" => PathFunctions.ViewLow,
                        "highBoundary" => PathFunctions.ViewHigh,
                        var name => name,
                    },
                    Source = call.Source is null ? null : Rewrite(call.Source),
                    Arguments = [.. call.Arguments.Select(Rewrite)],
                };
        }
    }

    // Of the row's resource, wherever an iteration stands by now.
    private PathSyntax ResourceKey(FunctionSyntax call)
    {
        if (call.Arguments.Count > 0)
        {
            throw new PathFault("getResourceKey() takes no arguments", call.Position);
        }

        if (call.Source is not (null or VariableSyntax { Name: "this" } or ConstantSyntax { Name: "resource" or "context" }))
        {
            throw new PathFault("getResourceKey() is asked of the resource itself: write it without anything before it", call.Position);
        }

        return ofResource ? new MemberSyntax(call.Position, null, "id") : new FunctionSyntax(call.Position, null, PathFunctions.ViewResourceKey, []);
    }

    private IReadOnlyList<PathSyntax> ReferenceType(FunctionSyntax call)
    {
        if (call.Arguments.Count == 0)
        {
            return [];
        }

        var name = call.Arguments[0] switch
        {
            MemberSyntax { Source: null } member => member.Name,
            MemberSyntax { Source: MemberSyntax { Source: null, Name: "FHIR" } } member => member.Name,
            LiteralSyntax { Value: { Kind: PathKind.String } text } => text.Text,
            _ => null,
        };
        return call.Arguments.Count > 1 || name is null || definitions.Resource(name) is null
            ? throw new PathFault($"getReferenceKey() takes the name of one resource type{(name is null ? "" : $", which '{name}' is not")}", call.Arguments[0].Position)
            : [new LiteralSyntax(call.Arguments[0].Position, PathValue.Of(name))];
    }
}
