using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    /// <summary>Functions whose arguments are expressions on each item, or types, and those that search needs to be fast.</summary>
    private PathNode Function(FunctionSyntax call, PathNode source, PathNode focus)
    {
        var at = call.Position;
        switch (call.Name)
        {
            case "where":
                return source.Type.IsNothing ? source : new WhereNode(at, source, OnEach(call, 0, 1, 1, source)!);
            case "exists":
                var criteria = OnEach(call, 0, 0, 1, source);
                return new ExistsNode(at, criteria is null ? source : new WhereNode(at, source, criteria), wanted: true);
            case "empty":
                Arguments(call, 0, 0);
                return new ExistsNode(at, source, wanted: false);
            case "not":
                Arguments(call, 0, 0);
                StaticChecks.Single(source);
                return new NotNode(at, source);
            case "all":
                return new AllNode(at, source, OnEach(call, 0, 1, 1, source)!);
            case "select":
                return new SelectNode(at, source, OnEach(call, 0, 1, 1, source)!);
            case "repeat":
                // What it gives feeds it again, so its argument sees more types than the source has.
                Arguments(call, 1, 1);
                return new RepeatNode(at, source, Inner(call.Arguments[0], new ThisNode(at, StaticType.Any)));
            case "aggregate":
                var step = OnEach(call, 0, 1, 2, source)!;
                return new AggregateNode(at, source, step, call.Arguments.Count < 2 ? null : Inner(call.Arguments[1], focus));
            case "iif":
                return Choice(call, source);
            case "sort":
                return Sort(call, source);
            case "is":
                return Typed(at, source, TypeArgument(call), TypeUse.Is);
            case "as":
                return Typed(at, source, TypeArgument(call), TypeUse.As);
            case "ofType":
                return Typed(at, source, TypeArgument(call), TypeUse.OfType);
            case "trace":
                Arguments(call, 1, 2);
                return new TraceNode(at, source, Inner(call.Arguments[0], focus), OnEach(call, 1, 1, 2, source));
            case "defineVariable":
                return DefineVariable(call, source);
            case "resolve":
                Arguments(call, 0, 0);
                return new ResolveNode(at, Concrete(definitions.Type("Resource")!), source);
            case "extension":
                return Extension(call, source, focus);
            default:
                return Listed(call, source, focus);
        }
    }

    private ChoiceNode Choice(FunctionSyntax call, PathNode source)
    {
        var condition = OnEach(call, 0, 2, 3, source)!;
        StaticChecks.Single(source);
        StaticChecks.Single(condition);
        StaticChecks.Condition("iif", condition);
        return new ChoiceNode(call.Position, source, condition, OnEach(call, 1, 2, 3, source)!, OnEach(call, 2, 2, 3, source));
    }

    // A key with a minus before it sorts from high to low, for texts too; 'desc' after it does the same.
    private SortNode Sort(FunctionSyntax call, PathNode source)
    {
        var keys = new List<SortKey>();
        foreach (var argument in call.Arguments)
        {
            var (key, descending) = argument is UnarySyntax { Negative: true } unary ? (unary.Operand, true) : (argument, false);
            keys.Add(new SortKey(Inner(key, new ThisNode(key.Position, source.Type)), descending));
        }

        return new SortNode(call.Position, source, [.. keys]);
    }

    private DefineNode DefineVariable(FunctionSyntax call, PathNode source)
    {
        Arguments(call, 1, 2);
        if (call.Arguments[0] is not LiteralSyntax { Value: { Kind: PathKind.String, Text: var name } })
        {
            throw new PathFault("The name of a variable is a string: defineVariable('name', value)", call.Arguments[0].Position);
        }

        if (name is "context" or "resource" or "rootResource" or "ucum" or "sct" or "loinc" || outside.Contains(name) || defined.Find(name) is not null)
        {
            throw new PathFault($"There is a '%{name}' already", call.Arguments[0].Position);
        }

        // The value is computed from the whole input, not from each item.
        defined = defined.With(name + "\0input", source.Type, out var input);
        var value = call.Arguments.Count < 2 ? null : Inner(call.Arguments[1], new DefinedNode(call.Position, source.Type, input));
        defined = defined.With(name, (value ?? source).Type, out var slot);
        return new DefineNode(call.Position, source, value, input, slot);
    }

    // extension(url) is short for extension.where(url = ...).
    private PathNode Extension(FunctionSyntax call, PathNode source, PathNode focus)
    {
        Arguments(call, 1, 1);
        if (source.Type.IsNothing)
        {
            return source;
        }

        var extensions = Member(new MemberSyntax(call.Position, null, "extension"), source);
        var url = Member(new MemberSyntax(call.Position, null, "url"), new ThisNode(call.Position, extensions.Type));
        return new WhereNode(call.Position, extensions, new EqualityNode(call.Position, url, Inner(call.Arguments[0], focus), equivalent: false, negated: false));
    }

    /// <summary>Compiles an argument that is evaluated on each item of the source; null when it is optional and absent.</summary>
    private PathNode? OnEach(FunctionSyntax call, int index, int least, int most, PathNode source)
    {
        Arguments(call, least, most);
        return index < call.Arguments.Count ? Inner(call.Arguments[index], new ThisNode(call.Arguments[index].Position, source.Type)) : null;
    }

    private static void Arguments(FunctionSyntax call, int least, int most)
    {
        if (call.Arguments.Count < least || call.Arguments.Count > most)
        {
            var wanted = least == most ? $"{least}" : $"{least} to {most}";
            throw new PathFault($"{call.Name}() takes {wanted} arguments, not {call.Arguments.Count}", call.Position);
        }
    }

    private CallNode Listed(FunctionSyntax call, PathNode source, PathNode focus)
    {
        if (!PathFunctions.All.TryGetValue(call.Name, out var function))
        {
            throw new PathFault($"There is no function {call.Name}()", call.Position);
        }

        Arguments(call, function.Least, function.Most);
        StaticChecks.Input(call.Name, source, function.Takes, call.Position);
        if (function.NeedsOrder)
        {
            StaticChecks.Order(call.Name + "()", source, call.Position);
        }

        PathNode[] arguments = [.. call.Arguments.Select(a => Inner(a, focus))];
        foreach (var argument in arguments)
        {
            StaticChecks.Argument(call.Name, argument, function.ArgumentsTake);
        }

        asksTerminology |= function.AsksTerminology;
        return new CallNode(call.Position, function, source, arguments);
    }
}
