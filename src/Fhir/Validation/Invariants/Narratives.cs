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
            var key = problem == NarrativeText.NoContent ? "txt-2" : "txt-1";
            findings.Add(
                IssueSeverity.Error, "invariant", div.Index, div.Document,
                $"{key}: {problem.TrimEnd('.')}. A narrative is a div with basic HTML formatting, tables, lists, links and images: no script, no form, no style element, no event attribute.");
        }
    }
}
