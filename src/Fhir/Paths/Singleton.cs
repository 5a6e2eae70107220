using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Where a single value is asked for and a collection is given (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections).</summary>
internal static class Singleton
{
    internal static bool? Condition(PathCollection values, int position)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var value = Only(values, position);
        if (value.Kind == PathKind.Element)
        {
            // Without reading a text only to see that it is no Boolean.
            return value.Element.Kind != JsonKind.False;
        }

        return value.Kind != PathKind.Boolean || value.Boolean;
    }

    /// <summary>The only item; more than one is a fault.</summary>
    internal static PathValue Only(PathCollection values, int position) => values.Count switch
    {
        0 => default,
        1 => values[0],
        _ => throw new PathFault($"A single value is needed here, but there are {values.Count}", position),
    };
}
