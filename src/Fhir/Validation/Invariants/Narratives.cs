using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Xml;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>Invariants txt-1 and txt-2: what XHTML a narrative may have (http://hl7.org/fhir/R4/narrative.html#xhtml).</summary>
internal static class Narratives
{
    internal static void Check(Element div, Findings findings)
    {
        if (div.AsString() is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return; // reported by the structure
        }

        // HTML's named characters may stand in JSON; XML does not know them.
        var problem = NarrativeText.Problem(text);
        if (problem is not null && text.Contains('&', StringComparison.Ordinal))
        {
            problem = NarrativeText.Problem(XhtmlText.WithoutNamedCharacters(text));
        }

        if (problem is not null)
        {
            // Published as an error, but not one to the specification's own tools: one of its examples has an empty narrative.
            var (key, severity) = problem == NarrativeText.NoContent ? ("txt-2", IssueSeverity.Warning) : ("txt-1", IssueSeverity.Error);
            findings.Add(
                severity, "invariant", div.Index, div.Document,
                $"{key}: {problem.TrimEnd('.')}. A narrative is a div with basic HTML formatting, tables, lists, links and images: no script, no form, no style element, no event attribute.");
        }
    }
}
