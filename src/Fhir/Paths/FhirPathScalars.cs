using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Evaluating for one value. Like <see cref="FhirPath.TryEvaluate"/>, false means an error, with its reason.</summary>
public static class FhirPathScalars
{
    [ThreadStatic]
    private static PathCollection? idle;

    /// <summary>
    /// The expression as a condition (an invariant, a filter): null when it gives nothing; a single item that is not a Boolean counts as true;
    /// several items are an error.
    /// </summary>
    public static bool TryTest(this FhirPath path, Element focus, out bool? value, [NotNullWhen(false)] out PathError? error, PathContext? context = null)
    {
        value = null;
        if (!path.TrySingle(focus, out var single, out error, context))
        {
            return false;
        }

        value = single.Kind switch { PathKind.None => null, PathKind.Boolean => single.Boolean, _ => true };
        return true;
    }

    /// <summary>The only item, a FHIR primitive or Quantity as a System value; of the kind None when there is nothing; several items are an error.</summary>
    public static bool TrySingle(this FhirPath path, Element focus, out PathValue value, [NotNullWhen(false)] out PathError? error, PathContext? context = null)
    {
        value = default;
        var values = idle ?? new PathCollection();
        idle = null;
        if (!path.TryEvaluate(focus, values, out error, context))
        {
            idle = values;
            return false;
        }

        if (values.Count > 1)
        {
            error = new PathError($"A single value is needed here, but there are {values.Count}", path.Root.Position, PathErrorKind.Execution);
        }
        else if (values.Count == 1)
        {
            value = SystemValue.Of(values[0]);
        }

        values.Clear();
        idle = values;
        return error is null;
    }

    /// <summary>The only item as the text that <c>toString()</c> gives; null when there is nothing.</summary>
    public static bool TryText(this FhirPath path, Element focus, out string? text, [NotNullWhen(false)] out PathError? error, PathContext? context = null)
    {
        var done = path.TrySingle(focus, out var value, out error, context);
        text = value.Kind == PathKind.None ? null : value.ToString();
        return done;
    }
}
