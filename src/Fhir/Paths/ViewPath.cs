using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>A compiled path of a view definition. Immutable; safe for all threads.</summary>
internal sealed class ViewPath
{
    private readonly PathNode root;

    private ViewPath(string text, PathNode root, bool usesRowIndex, bool asksTerminology)
    {
        Text = text;
        this.root = root;
        UsesRowIndex = usesRowIndex;
        AsksTerminology = asksTerminology;
    }

    internal string Text { get; }

    internal StaticType Type => root.Type;

    internal bool UsesRowIndex { get; }

    internal bool AsksTerminology { get; }

    /// <param name="text">The expression.</param>
    /// <param name="definitions">The specification.</param>
    /// <param name="focus">What it is evaluated on.</param>
    /// <param name="ofResource">True when that is the view's resource itself.</param>
    /// <param name="constants">The view's constants by name.</param>
    internal static bool TryCompile(
        string text, FhirDefinitions definitions, StaticType focus, bool ofResource, IReadOnlyDictionary<string, PathValue> constants,
        [NotNullWhen(true)] out ViewPath? path, [NotNullWhen(false)] out PathError? error)
    {
        (path, error) = (null, null);
        var stage = PathErrorKind.Syntax;
        try
        {
            var syntax = new ViewSyntax(definitions, constants, ofResource);
            var written = PathParser.Parse(text);
            stage = PathErrorKind.Semantic;
            var tree = syntax.Rewrite(written);
            var (root, asksTerminology) = PathCompiler.Compile(tree, definitions, focus);
            path = new ViewPath(text, root, syntax.UsesRowIndex, asksTerminology);
            return true;
        }
        catch (PathFault fault)
        {
            error = fault.In(stage);
            return false;
        }
    }

    /// <summary>Adds what it gives on a focus; the scope has begun with the resource, so that all its paths share what one evaluation may cost. False, with the reason, when it does not fit the data.</summary>
    internal bool TryEvaluate(PathScope scope, in PathValue focus, PathCollection into, [NotNullWhen(false)] out PathError? error)
    {
        try
        {
            (scope.This, scope.Index, scope.Total) = (focus, 0, null);
            scope.Context = focus.IsElement ? focus.Element : scope.View!.Resource;
            root.Evaluate(scope, into);
            error = null;
            return true;
        }
        catch (PathFault fault)
        {
            error = fault.In(PathErrorKind.Execution, scope.At);
            return false;
        }
    }

    public override string ToString() => Text;
}
