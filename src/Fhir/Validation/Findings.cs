using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation.Invariants;

namespace Salus.Fhir.Validation;

/// <summary>Collects issues up to a number. One validation, one thread.</summary>
/// <param name="most">After how many it is full.</param>
/// <param name="least">What is less severe is not collected.</param>
internal sealed class Findings(int most, IssueSeverity least)
{
    private HashSet<Issue>? known;

    internal List<Issue> Issues { get; } = [];

    internal IssueSeverity Least => least;

    internal bool Full { get; private set; }

    internal bool AnyError { get; private set; }

    internal void Add(IssueSeverity severity, string code, int index, ResourceDocument document, string message)
    {
        if (severity >= least && !Full)
        {
            Add(new Issue(severity, code, message, ElementPath.Of(document, index)));
        }
    }

    internal void Add(Issue issue)
    {
        AnyError |= issue.Severity >= IssueSeverity.Error;
        // A slice says again what its element says.
        if (issue.Severity < least || Full || !(known ??= []).Add(issue))
        {
            return;
        }

        Issues.Add(issue);
        if (Issues.Count >= most)
        {
            Full = true;
            Issues.Add(new Issue(IssueSeverity.Information, "informational", $"Validation stopped after {most} issues; there may be more."));
        }
    }

    /// <summary>Evaluates an invariant on an element. Nothing is no violation: only false is.</summary>
    internal void Judge(CompiledInvariant invariant, Element element, PathContext context, string? profile = null)
    {
        var met = invariant.Path.Test(element, context, out var error);
        if (met == false)
        {
            var source = profile is null ? "" : $" (of {profile})";
            Add(invariant.Severity, "invariant", At(element), element.Document, $"{invariant.Key}: {Sentence(invariant.Human)} It must hold{source}: {invariant.Path.Text}");
        }
        else if (error is not null)
        {
            var (severity, code) = error.Kind switch
            {
                PathErrorKind.TooCostly => (IssueSeverity.Warning, "too-costly"),
                PathErrorKind.NotSupplied => (IssueSeverity.Information, "incomplete"),
                _ => (IssueSeverity.Warning, "exception"),
            };
            Add(severity, code, At(element), element.Document, $"{invariant.Key} could not be evaluated: {error.Message}. It asks: {Sentence(invariant.Human)}");
        }
    }

    private static int At(Element element) => element.Index >= 0 ? element.Index : element.Shadow;

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
