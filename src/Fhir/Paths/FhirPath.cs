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
    /// False, with what is wrong and where, for text that is not FHIRPath, names that the type does not have, and functions that are not implemented.
    /// </summary>
    public static bool TryCompile(
        string text, FhirDefinitions definitions, TypeDefinition? context, [NotNullWhen(true)] out FhirPath? path, [NotNullWhen(false)] out PathError? error)
    {
        (path, error) = (null, null);
        try
        {
            path = new FhirPath(text, PathCompiler.Compile(PathParser.Parse(text), definitions, context));
            return true;
        }
        catch (PathFault fault)
        {
            error = fault.Error;
            return false;
        }
    }

    /// <summary>
    /// Adds what the expression gives on an element to <paramref name="into"/>. False, with what is wrong and where, when the expression does not
    /// fit the data: several items where one is needed, or an operation between types that do not have it. Then nothing is added.
    /// </summary>
    /// <param name="clock">The time of <c>now()</c>, <c>today()</c> and <c>timeOfDay()</c>; the system's when null.</param>
    public bool TryEvaluate(Element focus, PathCollection into, [NotNullWhen(false)] out PathError? error, TimeProvider? clock = null)
    {
        error = null;
        var start = into.Count;
        var scope = idle ?? new PathScope();
        idle = null;
        try
        {
            scope.Context = focus;
            scope.This = PathValue.Of(focus);
            scope.Clock = clock ?? TimeProvider.System;
            Root.Evaluate(scope, into);
            idle = scope;
            return true;
        }
        catch (PathFault fault)
        {
            // The scope is left to the collector: what it lent was not returned.
            into.Truncate(start);
            error = fault.Error;
            return false;
        }
        finally
        {
            scope.This = default;
            scope.Context = default;
        }
    }

    public override string ToString() => Text;
}
