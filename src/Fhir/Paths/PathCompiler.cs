using System.Runtime.CompilerServices;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>Gives names their meaning: turns the tree as written into nodes that evaluate. One for each expression.</summary>
internal sealed partial class PathCompiler
{
    private readonly FhirDefinitions definitions;
    private readonly StaticType context;
    private readonly PathRules rules;
    private readonly HashSet<string> outside;
    private DefinedVariables defined = new();
    private bool asksTerminology;

    private PathCompiler(FhirDefinitions definitions, StaticType context, PathOptions options)
    {
        this.definitions = definitions;
        this.context = context;
        rules = options.Rules;
        outside = new HashSet<string>(options.Variables, StringComparer.Ordinal);
    }

    internal static PathNode Compile(PathSyntax tree, FhirDefinitions definitions, TypeDefinition? context, PathOptions options)
    {
        var type = context is null ? StaticType.Any : StaticType.Of([context]);
        return new PathCompiler(definitions, type, options).Compile(tree, new ThisNode(0, type));
    }

    /// <param name="tree">What to compile.</param>
    /// <param name="focus">What names without a source start from.</param>
    private PathNode Compile(PathSyntax tree, PathNode focus)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new PathFault("The expression is nested too deeply for this thread", tree.Position, PathErrorKind.TooCostly);
        }

        return tree switch
        {
            LiteralSyntax { Value: { } value } => new LiteralNode(tree.Position, value),
            LiteralSyntax => new EmptyNode(tree.Position),
            VariableSyntax variable => Variable(variable, focus),
            ConstantSyntax constant => Constant(constant),
            MemberSyntax { Source: null } member => First(member, focus),
            MemberSyntax member => Member(member, Compile(member.Source!, focus)),
            FunctionSyntax function => Function(function, function.Source is null ? focus : Compile(function.Source, focus), focus),
            IndexerSyntax indexer => Indexer(indexer, Compile(indexer.Source, focus), focus),
            UnarySyntax unary => Unary(unary, Compile(unary.Operand, focus)),
            BinarySyntax binary => Binary(binary, Inner(binary.Left, focus), Inner(binary.Right, focus)),
            TypeSyntax type => Typed(tree.Position, Compile(type.Operand, focus), TypeNamed(type.TypeName, tree.Position), type.IsTest ? TypeUse.Is : TypeUse.As),
            _ => throw new InvalidOperationException(tree.GetType().Name),
        };
    }

    /// <summary>Compiles a part whose <c>defineVariable()</c> is not seen outside of it.</summary>
    private PathNode Inner(PathSyntax tree, PathNode focus)
    {
        var before = defined;
        var node = Compile(tree, focus);
        defined = before.WithSlotsOf(defined);
        return node;
    }

    private static PathNode Variable(VariableSyntax variable, PathNode focus) => variable.Name switch
    {
        "this" => focus,
        "index" => new IndexNode(variable.Position),
        _ => new TotalNode(variable.Position),
    };

    private IndexerNode Indexer(IndexerSyntax syntax, PathNode source, PathNode focus)
    {
        StaticChecks.Order("An index", source, syntax.Position);
        var index = Inner(syntax.Index, focus);
        StaticChecks.Argument("The index", index, Kinds.Integer);
        return new IndexerNode(syntax.Position, source, index);
    }

    // http://hl7.org/fhir/R4/fhirpath.html#vars
    private PathNode Constant(ConstantSyntax constant)
    {
        var at = constant.Position;
        if (defined.Find(constant.Name) is { } variable)
        {
            return new DefinedNode(at, variable.Type, variable.Slot);
        }

        if (outside.Contains(constant.Name))
        {
            return new OutsideNode(at, constant.Name);
        }

        return constant.Name switch
        {
            "context" => new ContextNode(at, context),
            // Only of a resource is it known that it is its own.
            "resource" or "rootResource" => new ResourceNode(
                at, context.Fhir is [{ Kind: TypeKind.Resource }] ? context : StaticType.Any, constant.Name == "rootResource"),
            "ucum" => new LiteralNode(at, PathValue.Of("http://unitsofmeasure.org")),
            "sct" => new LiteralNode(at, PathValue.Of("http://snomed.info/sct")),
            "loinc" => new LiteralNode(at, PathValue.Of("http://loinc.org")),
            ['v', 's', '-', .. var name] => new LiteralNode(at, PathValue.Of("http://hl7.org/fhir/ValueSet/" + name)),
            ['e', 'x', 't', '-', .. var name] => new LiteralNode(at, PathValue.Of("http://hl7.org/fhir/StructureDefinition/" + name)),
            _ => throw new PathFault($"The constant '%{constant.Name}' is not known", at),
        };
    }
}
