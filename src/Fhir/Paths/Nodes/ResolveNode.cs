using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Nodes;

/// <summary>
/// <c>resolve()</c> (http://hl7.org/fhir/R4/fhirpath.html#functions): contained resources and entries of the same bundle, then what the
/// caller's resolver knows. Without resolver, the type of the target only, so that <c>resolve() is Patient</c> can be asked.
/// What is not found is left out.
/// </summary>
internal sealed class ResolveNode(int position, StaticType type, PathNode source) : PathNode(position, type)
{
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
        if (text is null && !reference.Exists)
        {
            return default;
        }

        if (text is not null && ReferenceTarget.Inside(scope, reference.Exists ? reference : scope.Context, text, Position) is { Exists: true } inside)
        {
            return PathValue.Of(inside);
        }

        if (scope.Outside.Resolve is not { } resolve)
        {
            return reference.Exists ? PathValue.OfTarget(ReferenceTarget.TypeOf(reference)) : default;
        }

        return text is not null && !text.StartsWith('#') && resolve(text) is { Exists: true } found ? PathValue.Of(found) : default;
    }

    private static string? Text(Element reference) =>
        (reference.Kind == JsonKind.Object ? reference.Child("reference"u8) : reference) is { HasValue: true, Kind: JsonKind.String } text ? text.AsString() : null;
}
