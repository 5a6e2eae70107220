using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Nodes;

/// <summary>
/// <c>resolve()</c> (http://hl7.org/fhir/R4/fhirpath.html#functions): contained resources and entries of the same bundle, then what the
/// caller's resolver knows. What is not found, and what is no reference, is left out.
/// </summary>
/// <param name="position">Where it stands in the text.</param>
/// <param name="type">What it can give.</param>
/// <param name="source">The references.</param>
/// <param name="typeOnly">
/// Without resolver: true for the type of what a reference points to, which only <c>is</c>, <c>as</c> and <c>ofType</c> take; false for a fault,
/// because neither nothing nor something would be a true answer.
/// </param>
internal sealed class ResolveNode(int position, StaticType type, PathNode source, bool typeOnly = false) : PathNode(position, type)
{
    /// <summary>What is asked of a resource that cannot be loaded.</summary>
    internal static PathFault NotLoaded(int position) => new(
        "What a reference points to is not loaded here: of resolve() only the type is known, as in 'resolve() is Patient', because no resolver was supplied",
        position, PathErrorKind.NotSupplied);

    /// <summary>The same, for a question about the type.</summary>
    internal ResolveNode OfTypeOnly() => new(Position, Type, source, typeOnly: true);

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        foreach (ref readonly var value in values.Span)
        {
            scope.Charge(1, Position);
            if (Target(value, scope) is { Kind: not PathKind.None } target)
            {
                into.Add(target);
            }
        }

        scope.Return(values);
    }

    private PathValue Target(in PathValue value, PathScope scope)
    {
        var reference = value.Element;
        var text = value.Kind == PathKind.String ? value.Text : Text(reference);
        if (text is not null && ReferenceTarget.Inside(scope, reference.Exists ? reference : scope.Context, text, Position) is { Exists: true } inside)
        {
            return PathValue.Of(inside);
        }

        if (scope.Outside.Resolve is { } resolve)
        {
            return text is not null && !text.StartsWith('#') && resolve(text) is { Exists: true } found ? PathValue.Of(found) : default;
        }

        if (typeOnly)
        {
            return reference.Exists && ReferenceTarget.Tells(reference, out var type) ? PathValue.OfTarget(type) : default;
        }

        // Of a logical reference there is nothing to load, and what is contained would have been found.
        var outside = text is not null && !text.StartsWith('#') && (reference.Exists ? ReferenceTarget.Tells(reference, out _) : ReferenceTarget.IsReference(text));
        return outside ? throw NotLoaded(Position) : default(PathValue);
    }

    private static string? Text(Element reference) =>
        (reference.Kind == JsonKind.Object ? reference.Child("reference"u8) : reference) is { HasValue: true, Kind: JsonKind.String } text ? text.AsString() : null;
}
