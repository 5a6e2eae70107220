using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>What FHIR adds beside terminology and references (http://hl7.org/fhir/R4/fhirpath.html#functions).</summary>
internal static partial class PathFunctions
{
    private static void AddFhir(Dictionary<string, PathFunction> all)
    {
        all["htmlChecks"] = Condition(0, static call => HtmlChecks(call));
        all["htmlChecks2"] = all["htmlChecks"];
        all["checkModifiers"] = new(0, int.MaxValue, StaticType.Any, CheckModifiers, KeepsType: true) { ArgumentsTake = Kinds.String };
        all["elementDefinition"] = NeedsProfile("elementDefinition", 0);
        all["slice"] = NeedsProfile("slice", 2);
    }

    private static bool? HtmlChecks(in PathCall call)
    {
        var value = call.Single;
        if (value.Kind == PathKind.None)
        {
            return null;
        }

        if (value.Kind != PathKind.String)
        {
            throw call.Unfit("htmlChecks", value);
        }

        call.Scope.Charge(value.Text.Length, call.Position);
        return NarrativeText.Problem(value.Text) is null;
    }

    // Unknown modifiers make what they stand on unusable: an error, not a value.
    private static void CheckModifiers(PathCall call, PathCollection into)
    {
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < call.Arguments.Length; i++)
        {
            allowed.Add(call.Argument(i).Text);
        }

        foreach (ref readonly var item in call.Input.Span)
        {
            foreach (var extension in item.Element.Named("modifierExtension"))
            {
                call.Scope.Charge(1, call.Position);
                var url = extension.Child("url"u8).AsString() ?? "";
                if (!allowed.Contains(url))
                {
                    throw new PathFault($"{item.Element.Path} has the modifier extension {url}, which is not among those that are understood", call.Position);
                }
            }

            into.Add(item);
        }
    }

    // The definitions of R4 have no slices, and expressions run without profiles.
    private static PathFunction NeedsProfile(string name, int arguments) => new(arguments, arguments, StaticType.Any, (call, _) =>
        throw new PathFault($"{name}() needs the profile that the resource is validated against, and none was supplied", call.Position, PathErrorKind.NotSupplied));
}
