using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    private enum TypeUse
    {
        Is,
        As,
        OfType,
    }

    private PathNode Typed(int position, PathNode source, TypeSpecifier wanted, TypeUse use)
    {
        // The type of what a reference points to can be told from the reference.
        var asked = source is ResolveNode resolve ? resolve.OfTypeOnly() : source;
        var typed = TypedNode(position, asked, wanted, use);
        return ReferenceEquals(typed, asked) ? source : typed;
    }

    private PathNode TypedNode(int position, PathNode source, TypeSpecifier wanted, TypeUse use) => use switch
    {
        TypeUse.Is => new TypeTestNode(position, source, wanted with { TakesPrimitives = rules.PrimitivesAreSystemTypes && !wanted.Name.Contains('.', StringComparison.Ordinal) }),
        TypeUse.As when !rules.AsFilters => new TypeFilterNode(position, Narrow(position, source, wanted).Type, source, wanted, single: true),
        _ => Narrow(position, source, wanted),
    };

    /// <summary>The items of <paramref name="source"/> that have a type; without a node when it is known before.</summary>
    private PathNode Narrow(int position, PathNode source, TypeSpecifier wanted)
    {
        var type = source.Type;
        if (type.IsNothing)
        {
            return new EmptyNode(position);
        }

        if (type.IsAny)
        {
            var given = wanted.Fhir is { } fhir ? Concrete(fhir) : StaticType.Of(wanted.System);
            return new TypeFilterNode(position, wanted is { Fhir: not null, System: not PathKind.None } ? StaticType.Any : given, source, wanted);
        }

        if (type.System != PathKind.None)
        {
            return type.System == wanted.System ? source : new EmptyNode(position);
        }

        // The context may be declared with an abstract type; its items have concrete ones.
        var fit = wanted.Fhir is null ? [] : type.Fhir.SelectMany(Expand).Where(wanted.Keeps).ToArray();
        if (fit.Length == 0)
        {
            return new EmptyNode(position);
        }

        return fit.Length == type.Fhir.Length && type.Fhir.All(t => !t.IsAbstract) ? source : new TypeFilterNode(position, StaticType.Of(fit), source, wanted);
    }

    private TypeSpecifier TypeNamed(string name, int position) =>
        TypeSpecifier.Find(definitions, name) ?? throw new PathFault($"The type '{name}' is not known", position);

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
}
