using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    /// <summary>Functions whose arguments are expressions on each item, or types, and those that search needs to be fast.</summary>
    private PathNode Function(FunctionSyntax call, PathNode source, ThisNode focus)
    {
        if (source.Type.System == PathKind.Target && call.Name is not ("is" or "as" or "ofType"))
        {
            throw new PathFault($"What a reference points to is not loaded: {call.Name}() cannot be asked of it, only its type, as in 'resolve() is Patient'", call.Position);
        }

        switch (call.Name)
        {
            case "where":
                return source.Type.IsNothing ? source : new WhereNode(call.Position, source, OnEach(call, 0, 1, 1, source)!);
            case "exists":
                var criteria = OnEach(call, 0, 0, 1, source);
                return new ExistsNode(call.Position, criteria is null ? source : new WhereNode(call.Position, source, criteria), wanted: true);
            case "empty":
                Arguments(call, 0, 0);
                return new ExistsNode(call.Position, source, wanted: false);
            case "not":
                Arguments(call, 0, 0);
                return new NotNode(call.Position, source);
            case "all":
                return new AllNode(call.Position, source, OnEach(call, 0, 1, 1, source)!);
            case "select":
                return new SelectNode(call.Position, source, OnEach(call, 0, 1, 1, source)!);
            case "repeat":
                // What it gives feeds it again, so its argument sees more types than the source has.
                Arguments(call, 1, 1);
                return new RepeatNode(call.Position, source, Compile(call.Arguments[0], new ThisNode(call.Position, StaticType.Any)));
            case "aggregate":
                var step = OnEach(call, 0, 1, 2, source)!;
                return new AggregateNode(call.Position, source, step, call.Arguments.Count < 2 ? null : Compile(call.Arguments[1], focus));
            case "iif":
                return new ChoiceNode(call.Position, source, OnEach(call, 0, 2, 3, source)!, OnEach(call, 1, 2, 3, source)!, OnEach(call, 2, 2, 3, source));
            case "is":
                return Typed(call.Position, source, TypeArgument(call), isTest: true);
            case "as" or "ofType":
                return Typed(call.Position, source, TypeArgument(call), isTest: false);
            case "trace":
                // A trace goes nowhere, because expressions run on patient data; what it would print is still checked.
                OnEach(call, 1, 1, 2, source);
                return source;
            case "type":
                throw new PathFault("Of type() only the name and the namespace can be asked: type().name, type().namespace", call.Position);
            case "resolve":
                Arguments(call, 0, 0);
                return new ResolveNode(call.Position, source);
            case "extension":
                return Extension(call, source, focus);
            default:
                return Listed(call, source, focus);
        }
    }

    // extension(url) is short for extension.where(url = ...).
    private PathNode Extension(FunctionSyntax call, PathNode source, ThisNode focus)
    {
        Arguments(call, 1, 1);
        if (source.Type.IsNothing)
        {
            return source;
        }

        var extensions = Member(new MemberSyntax(call.Position, null, "extension"), source);
        var url = Member(new MemberSyntax(call.Position, null, "url"), new ThisNode(call.Position, extensions.Type));
        return new WhereNode(call.Position, extensions, new EqualityNode(call.Position, url, Compile(call.Arguments[0], focus), equivalent: false, negated: false));
    }

    /// <summary>Compiles an argument that is evaluated on each item of the source; null when it is optional and absent.</summary>
    private PathNode? OnEach(FunctionSyntax call, int index, int least, int most, PathNode source)
    {
        Arguments(call, least, most);
        return index < call.Arguments.Count ? Compile(call.Arguments[index], new ThisNode(call.Arguments[index].Position, source.Type)) : null;
    }

    private TypeSpecifier TypeArgument(FunctionSyntax call)
    {
        Arguments(call, 1, 1);
        return TypeNamed(
            TypeName(call.Arguments[0]) ?? throw new PathFault($"{call.Name}() takes the name of a type", call.Arguments[0].Position), call.Arguments[0].Position);
    }

    private static string? TypeName(PathSyntax syntax) => syntax switch
    {
        MemberSyntax { Source: null } member => member.Name,
        MemberSyntax member => TypeName(member.Source!) is { } before ? before + "." + member.Name : null,
        _ => null,
    };

    private TypeNameNode TypeName(MemberSyntax member, FunctionSyntax call, ThisNode focus)
    {
        Arguments(call, 0, 0);
        return member.Name is "name" or "namespace"
            ? new TypeNameNode(member.Position, call.Source is null ? focus : Compile(call.Source, focus), ofSpace: member.Name == "namespace")
            : throw new PathFault($"A type has no '{member.Name}'; there are name and namespace", member.Position);
    }

    private static void Arguments(FunctionSyntax call, int least, int most)
    {
        if (call.Arguments.Count < least || call.Arguments.Count > most)
        {
            var wanted = least == most ? $"{least}" : $"{least} to {most}";
            throw new PathFault($"{call.Name}() takes {wanted} arguments, not {call.Arguments.Count}", call.Position);
        }
    }

    private CallNode Listed(FunctionSyntax call, PathNode source, ThisNode focus)
    {
        if (!PathFunctions.All.TryGetValue(call.Name, out var function))
        {
            throw new PathFault($"The function {call.Name}() is not implemented", call.Position);
        }

        Arguments(call, function.Least, function.Most);
        return new CallNode(call.Position, function, source, [.. call.Arguments.Select(a => Compile(a, focus))]);
    }
}
