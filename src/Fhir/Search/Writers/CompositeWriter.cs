using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search.Writers;

/// <summary>A part of a composite: its expression, from the composite's own element, and what its values are.</summary>
internal sealed record CompositePart(FhirPath Path, SearchType Type);

/// <summary>Composite values (http://hl7.org/fhir/R4/search.html#composite): what the parts give on one element. An element that lacks a part gives none.</summary>
/// <param name="added">Whether it is not one of R4's own.</param>
internal sealed class CompositeWriter(CompositePart[] parts, ValueWriters writers, bool added)
{
    [ThreadStatic]
    private static PathCollection? found;

    internal void Write(Element element, ResourceParameter parameter, SearchValues into)
    {
        var values = new SearchValues[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            values[i] = new SearchValues();
            Evaluate(parts[i], element, parameter, values[i], into);
            if (values[i].Count == 0)
            {
                return;
            }
        }

        into.Composites.Add(new CompositeValue(parameter, values));
    }

    private void Evaluate(CompositePart part, Element element, ResourceParameter parameter, SearchValues into, SearchValues whole)
    {
        var values = found ??= new PathCollection();
        if (added ? whole.TryEvaluate(part.Path, parameter, element, values) : part.Path.TryEvaluate(element, values, out _))
        {
            foreach (ref readonly var value in values.Span)
            {
                if (value.Kind == PathKind.Boolean && part.Type == SearchType.Token)
                {
                    TokenWriter.Boolean(value.Boolean, parameter, into);
                }
                else if (value.Element is { HasValue: true, Type: { } type } one && writers.Find(part.Type, type, one.Definition) is { } writer)
                {
                    writer(one, parameter, into);
                }
            }
        }

        values.Clear();
        // Only the values themselves are compared.
        into.TypedIdentifiers.Clear();
        into.Texts.Clear();
    }
}
