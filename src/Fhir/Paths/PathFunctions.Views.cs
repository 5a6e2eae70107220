using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>
/// What paths of view definitions have beside FHIRPath (https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html).
/// <see cref="ViewSyntax"/> puts these names into a path; all but getReferenceKey have a blank in them, so that nobody can write them.
/// </summary>
internal static partial class PathFunctions
{
    internal const string ViewResourceKey = "view key";
    internal const string ViewRowIndex = "view row";
    internal const string ViewJoin = "view join";
    internal const string ViewLow = "view low";
    internal const string ViewHigh = "view high";
    internal const string ReferenceKey = "getReferenceKey";

    private static void AddViews(Dictionary<string, PathFunction> all)
    {
        all[ReferenceKey] = new(0, 1, StaticType.String, ReferenceKeys);
        all[ViewResourceKey] = new(0, 0, StaticType.String, static (call, into) =>
        {
            if (call.Scope.View is { Resource: var resource } && resource.Child("id"u8) is { HasValue: true } id)
            {
                into.Add(PathValue.Of(id));
            }
        });
        all[ViewRowIndex] = new(0, 0, StaticType.Integer, static (call, into) => into.Add(PathValue.Of(call.Scope.View?.RowIndex ?? 0)));
        all[ViewLow] = ViewBoundary("lowBoundary", high: false);
        all[ViewHigh] = ViewBoundary("highBoundary", high: true);
        // A view's join() of nothing is the empty string, where FHIRPath's is nothing.
        all[ViewJoin] = new(0, 1, StaticType.String, static (call, into) =>
        {
            if (call.Input.Count == 0)
            {
                into.Add(PathValue.Of(""));
            }
            else
            {
                Join(call, into);
            }
        });
    }

    // FHIRPath's boundaries, and those of a Period: where its start begins, where its end ends.
    private static PathFunction ViewBoundary(string name, bool high) => new(0, 1, StaticType.Any, (call, into) =>
    {
        var value = Singleton.Only(call.Input, call.Position);
        if (value.IsElement && value.Element is { HasValue: true, Type.Name: "Period" } period)
        {
            var end = period.Child(high ? "end"u8 : "start"u8);
            value = end.HasValue ? PathValue.Of(end) : default;
        }

        var read = call.Read(value);
        if (read.Kind == PathKind.None)
        {
            return;
        }

        if ((KindsOf.Of(read.Kind) & Measurable) == 0)
        {
            throw call.Unfit(name, read);
        }

        var digits = call.Arguments.Length == 0 ? null : IntegerArgument(call, 0, name);
        if (digits is not null || call.Arguments.Length == 0)
        {
            Add(into, Boundaries.Of(read, digits, high));
        }
    })
    {
        ArgumentsTake = Kinds.Integer,
    };

    private static void ReferenceKeys(PathCall call, PathCollection into)
    {
        var wanted = call.Argument(0);
        for (var i = 0; i < call.Input.Count; i++)
        {
            var value = call.Input[i];
            if (!value.IsElement || value.Element.Type is not { } type || !type.Is("Reference"))
            {
                throw new PathFault($"getReferenceKey() is asked of a Reference, not of {Ordering.Name(value)}", call.Position);
            }

            if (Key(value.Element, wanted.Kind == PathKind.String ? wanted.Text : null) is { } key)
            {
                into.Add(PathValue.Of(key));
            }
        }
    }

    // The id of a relative reference or of urn:uuid:. An absolute address may be another server's resource of the same id, so it gives nothing.
    private static string? Key(Element reference, string? wanted)
    {
        var text = reference.Child("reference"u8).Text;
        var definitions = reference.Document.Definitions;
        if (text.StartsWith("urn:uuid:"u8))
        {
            return wanted is null || ReferenceTarget.TypeOf(reference)?.Name == wanted ? System.Text.Encoding.UTF8.GetString(text[9..]) : null;
        }

        return ReferenceTarget.Split(text, definitions, out var type, out var id, out var start) && start == 0 && (wanted is null || type!.Name == wanted)
            ? System.Text.Encoding.UTF8.GetString(id)
            : null;
    }
}
