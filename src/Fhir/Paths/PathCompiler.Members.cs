using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    // A path may start with the type it is about: Patient.name. Where the rules allow it, another type gives nothing, so the alternatives
    // for other types that search parameters list disappear here.
    private PathNode First(MemberSyntax member, PathNode focus)
    {
        var type = definitions.Type(member.Name);
        if (type is null || type.Kind == TypeKind.Primitive || (!focus.Type.IsAny && HasMember(focus.Type, member.Name)))
        {
            return Member(member, focus);
        }

        if (focus.Type.IsAny)
        {
            return new TypeFilterNode(member.Position, Concrete(type), focus, new TypeSpecifier(member.Name, type, PathKind.None));
        }

        var narrowed = Narrow(member.Position, focus, new TypeSpecifier(member.Name, type, PathKind.None));
        return narrowed is not EmptyNode || rules.OtherTypesGiveNothing
            ? narrowed
            : throw new PathFault($"The path starts with {member.Name}, but what it is evaluated on is {focus.Type.Describe()}", member.Position);
    }

    private PathNode Member(MemberSyntax member, PathNode source)
    {
        if (source.Type.IsNothing)
        {
            return new EmptyNode(member.Position);
        }

        if (source.Type.System == PathKind.Type)
        {
            return new TypeMemberNode(member.Position, source, member.Name);
        }

        var found = Members(source.Type, member.Name);
        if (found.Count == 0)
        {
            throw new PathFault(NoElement(source.Type, member.Name) + Hint(source.Type, member.Name), member.Position) { NoElement = true };
        }

        var set = new DefinitionSet(found.Select(e => e.Index));
        var type = StaticType.Of(found.SelectMany(e => Expand(e.Type)));
        return source is MemberNode before
            ? new MemberNode(member.Position, type, before.Source, [.. before.Steps, set])
            : new MemberNode(member.Position, type, source, [set]);
    }

    private List<ElementDefinition> Members(StaticType type, string name)
    {
        var found = new List<ElementDefinition>();
        if (type.IsAny)
        {
            foreach (var element in definitions.Elements)
            {
                if (element.Name == name)
                {
                    found.Add(element);
                }
            }

            return found;
        }

        foreach (var one in type.Fhir)
        {
            foreach (var element in Owner(one).Elements)
            {
                if (element.Name == name)
                {
                    found.Add(element);
                }
            }
        }

        return found;
    }

    // What a primitive has beside its value.
    private TypeDefinition Owner(TypeDefinition type) => type.Kind == TypeKind.Primitive ? definitions.Element : type;

    private bool HasMember(StaticType type, string name) => Members(type, name).Count > 0;

    /// <summary>The types that a value declared as this one can have.</summary>
    private IEnumerable<TypeDefinition> Expand(TypeDefinition type)
    {
        if (!type.IsAbstract)
        {
            return [type];
        }

        var all = new List<TypeDefinition>();
        foreach (var other in definitions.Types)
        {
            if (!other.IsAbstract && TypeSpecifier.Specializes(other, type))
            {
                all.Add(other);
            }
        }

        return all.Count == 0 ? [type] : all;
    }

    private StaticType Concrete(TypeDefinition type) => StaticType.Of(Expand(type));

    // Of many types some element is always near.
    private string Hint(StaticType type, string name)
    {
        if (type.Fhir.Length is 0 or > 4)
        {
            return "";
        }

        var elements = type.Fhir.SelectMany(t => Owner(t).Elements.ToArray()).ToList();
        var meant = elements.Find(e => e.Name != e.JsonName && e.JsonName == name) is { } choice
            ? $"{choice.Name}.ofType({choice.Type.Name})"
            : NearestName.Find(name, elements.Select(e => e.Name));
        return meant is null ? "" : $"; did you mean '{meant}'?";
    }

    private static string NoElement(StaticType type, string name) => type switch
    {
        { IsAny: true } => $"No type has an element '{name}'",
        { System: not PathKind.None } => $"The System type {type.System} has no element '{name}'",
        { Fhir: [var only] } => $"{only.Name} has no element '{name}'",
        { Fhir: { Length: <= 4 } some } => $"{string.Join(", ", some[..^1].Select(t => t.Name))} and {some[^1].Name} have no element '{name}'",
        _ => $"None of the {type.Fhir.Length} types that it can be has an element '{name}'",
    };
}
