using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>Gives names their meaning: turns the tree as written into nodes that evaluate. One for each expression.</summary>
internal sealed partial class PathCompiler
{
    private readonly FhirDefinitions definitions;
    private readonly StaticType context;

    private PathCompiler(FhirDefinitions definitions, StaticType context)
    {
        this.definitions = definitions;
        this.context = context;
    }

    internal static PathNode Compile(PathSyntax tree, FhirDefinitions definitions, TypeDefinition? context)
    {
        var type = context is null ? StaticType.Any : StaticType.Of([context]);
        return new PathCompiler(definitions, type).Compile(tree, new ThisNode(0, type));
    }

    /// <param name="tree">What to compile.</param>
    /// <param name="focus">What names without a source start from.</param>
    private PathNode Compile(PathSyntax tree, ThisNode focus) => tree switch
    {
        LiteralSyntax { Value: { } value } => new LiteralNode(tree.Position, value),
        LiteralSyntax => new EmptyNode(tree.Position),
        VariableSyntax variable => Variable(variable, focus),
        ConstantSyntax constant => Constant(constant),
        MemberSyntax { Source: null } member => First(member, focus),
        MemberSyntax { Source: FunctionSyntax { Name: "type" } call } member => TypeName(member, call, focus),
        MemberSyntax member => Member(member, Compile(member.Source!, focus)),
        FunctionSyntax function => Function(function, function.Source is null ? focus : Compile(function.Source, focus), focus),
        IndexerSyntax indexer => new IndexerNode(tree.Position, Compile(indexer.Source, focus), Compile(indexer.Index, focus)),
        UnarySyntax unary => Unary(unary, Compile(unary.Operand, focus)),
        BinarySyntax binary => Binary(binary, Compile(binary.Left, focus), Compile(binary.Right, focus)),
        TypeSyntax type => Typed(tree.Position, Compile(type.Operand, focus), TypeNamed(type.TypeName, tree.Position), type.IsTest),
        _ => throw new InvalidOperationException(tree.GetType().Name),
    };

    private static PathNode Variable(VariableSyntax variable, ThisNode focus) => variable.Name switch
    {
        "this" => focus,
        "index" => new IndexNode(variable.Position),
        _ => new TotalNode(variable.Position),
    };

    private PathNode Constant(ConstantSyntax constant)
    {
        switch (constant.Name)
        {
            case "context":
                return new ContextNode(constant.Position, context);
            case "resource" or "rootResource":
                // Only of a resource is it known that it is its own.
                var type = context.Fhir is [{ Kind: TypeKind.Resource }] ? context : StaticType.Any;
                return new ResourceNode(constant.Position, type, constant.Name == "rootResource");
            case "ucum":
                return Text(constant, "http://unitsofmeasure.org");
            case "sct":
                return Text(constant, "http://snomed.info/sct");
            case "loinc":
                return Text(constant, "http://loinc.org");
        }

        // http://hl7.org/fhir/R4/fhirpath.html#vars
        return constant.Name switch
        {
            ['v', 's', '-', .. var name] => Text(constant, "http://hl7.org/fhir/ValueSet/" + name),
            ['e', 'x', 't', '-', .. var name] => Text(constant, "http://hl7.org/fhir/StructureDefinition/" + name),
            _ => throw new PathFault($"The constant '%{constant.Name}' is not known", constant.Position),
        };
    }

    private static LiteralNode Text(ConstantSyntax constant, string value) => new(constant.Position, PathValue.Of(value));

    // A path may start with the type it is about: Patient.name. For another type it gives nothing, so the alternatives for
    // other types that search parameters list disappear here.
    private PathNode First(MemberSyntax member, ThisNode focus)
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

        return Narrow(member.Position, focus, new TypeSpecifier(member.Name, type, PathKind.None));
    }

    private PathNode Member(MemberSyntax member, PathNode source)
    {
        if (source.Type.IsNothing)
        {
            return new EmptyNode(member.Position);
        }

        if (source.Type.System == PathKind.Target)
        {
            throw new PathFault("What a reference points to is not loaded: only its type can be asked, as in 'resolve() is Patient'", member.Position);
        }

        var found = Members(source.Type, member.Name);
        if (found.Count == 0)
        {
            throw new PathFault($"{TypeNames(source.Type)} has no element '{member.Name}'", member.Position);
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
            // What a primitive has beside its value.
            var owner = one.Kind == TypeKind.Primitive ? definitions.Element : one;
            foreach (var element in owner.Elements)
            {
                if (element.Name == name)
                {
                    found.Add(element);
                }
            }
        }

        return found;
    }

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

    private PathNode Typed(int position, PathNode source, TypeSpecifier wanted, bool isTest) =>
        isTest ? new TypeTestNode(position, source, wanted) : Narrow(position, source, wanted);

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
            return new TypeFilterNode(position, wanted.Fhir is null ? StaticType.Of(wanted.System) : wanted.System == PathKind.None ? Concrete(wanted.Fhir) : type, source, wanted);
        }

        if (type.System != PathKind.None)
        {
            return type.System == PathKind.Target ? new TypeFilterNode(position, type, source, wanted)
                : type.System == wanted.System ? source
                : new EmptyNode(position);
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

    private static string TypeNames(StaticType type) => type switch
    {
        { IsAny: true } => "No type",
        { System: not PathKind.None } => $"The System type {type.System}",
        { Fhir: [var only] } => only.Name,
        { Fhir.Length: <= 4 } => "None of " + string.Join(", ", type.Fhir.Select(t => t.Name)),
        _ => $"None of the {type.Fhir.Length} types that it can be",
    };
}
