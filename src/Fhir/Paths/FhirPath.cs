using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>
/// A compiled FHIRPath expression (http://hl7.org/fhirpath/N1/, http://hl7.org/fhir/R4/fhirpath.html). Immutable; safe for all threads.
/// </summary>
public sealed class FhirPath
{
    [ThreadStatic]
    private static PathScope? idle;

    private FhirPath(string text, PathNode root)
    {
        Text = text;
        Root = root;
    }

    public string Text { get; }

    internal PathNode Root { get; }

    /// <summary>
    /// Compiles an expression for elements of <paramref name="context"/>; null when their type is not known beforehand.
    /// False, with what is wrong and where, for text that is not FHIRPath, and for names and types that have no meaning.
    /// </summary>
    public static bool TryCompile(
        string text,
        FhirDefinitions definitions,
        TypeDefinition? context,
        [NotNullWhen(true)] out FhirPath? path,
        [NotNullWhen(false)] out PathError? error,
        PathOptions? options = null)
    {
        (path, error) = (null, null);
        var stage = PathErrorKind.Syntax;
        try
        {
            var tree = PathParser.Parse(text);
            stage = PathErrorKind.Semantic;
            path = new FhirPath(text, PathCompiler.Compile(tree, definitions, context, options ?? PathOptions.Default));
            return true;
        }
        catch (PathFault fault)
        {
            error = fault.In(stage);
            return false;
        }
    }

    /// <summary>Compiles an expression that stands in a program, for R4. For text from outside there is <see cref="TryCompile"/>.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="type">The FHIR type of the elements it will be evaluated on; null for any.</param>
    /// <param name="options">Null for the default.</param>
    /// <exception cref="FormatException">It is not FHIRPath, or has no meaning for the type; the message names the position.</exception>
    /// <exception cref="ArgumentException">R4 has no such type.</exception>
    public static FhirPath Compile(string text, string? type = null, PathOptions? options = null)
    {
        var context = type is null ? null : FhirDefinitions.R4.Type(type) ?? throw new ArgumentException($"R4 has no type '{type}'", nameof(type));
        return TryCompile(text, FhirDefinitions.R4, context, out var path, out var error, options) ? path : throw new FormatException($"{text}: {error}");
    }

    /// <summary>
    /// Adds what the expression gives on an element to <paramref name="into"/>. False, with what is wrong and where, when the expression does not
    /// fit the data (several items where one is needed, an operation between types that do not have it), costs too much, or needs what
    /// <paramref name="context"/> lacks. Then nothing is added.
    /// </summary>
    /// <param name="focus">What names start from; no element when the expression needs none.</param>
    /// <param name="into">Where to add.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="context">What the evaluation may use from outside; null for the system's clock and nothing else.</param>
    public bool TryEvaluate(Element focus, PathCollection into, [NotNullWhen(false)] out PathError? error, PathContext? context = null)
    {
        context ??= PathContext.Default;
        var left = context.Limits.Steps;
        return TryEvaluate(focus, into, context, ref left, out error);
    }

    /// <summary>The same with a budget of steps that several evaluations share.</summary>
    /// <param name="focus">What names start from; no element when the expression needs none.</param>
    /// <param name="into">Where to add.</param>
    /// <param name="context">What the evaluation may use from outside; its own limit of steps counts for nothing here.</param>
    /// <param name="left">What is left of it, in steps of <see cref="PathLimits.Steps"/>; less than 0 when that was not enough.</param>
    /// <param name="error">What went wrong.</param>
    public bool TryEvaluate(Element focus, PathCollection into, PathContext context, ref long left, [NotNullWhen(false)] out PathError? error)
    {
        error = null;
        var start = into.Count;
        var most = into.Most;
        var scope = idle ?? new PathScope();
        idle = null;
        try
        {
            scope.Begin(focus, context, left);
            into.Most = scope.Outside.Limits.Items;
            Root.Evaluate(scope, into);
            left = scope.Left;
            scope.End();
            idle = scope;
            return true;
        }
        catch (PathFault fault)
        {
            // The scope is left to the collector: what it lent was not returned.
            into.Truncate(start);
            left = scope.Left;
            error = fault.In(PathErrorKind.Execution, scope.At);
            return false;
        }
        finally
        {
            into.Most = most;
        }
    }

    /// <summary>Its value as a condition on an element: null when it gives nothing, or when it failed; then <paramref name="error"/> says why.</summary>
    internal bool? Test(Element focus, PathContext context, out PathError? error)
    {
        error = null;
        var scope = idle ?? new PathScope();
        idle = null;
        try
        {
            scope.Begin(focus, context);
            var value = Root.Test(scope);
            scope.End();
            idle = scope;
            return value;
        }
        catch (PathFault fault)
        {
            error = fault.In(PathErrorKind.Execution, scope.At);
            return null;
        }
    }

    public override string ToString() => Text;
}
