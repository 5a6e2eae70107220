using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation.Invariants;

namespace Salus.Fhir.Validation;

/// <summary>Collects issues up to a number. One validation, one thread.</summary>
/// <remarks>Without an error it is never full: what was not looked at would pass for valid. From that number on it takes one error, and nothing else.</remarks>
/// <param name="most">How many are enough.</param>
/// <param name="least">What is less severe is not collected.</param>
internal sealed class Findings(int most, IssueSeverity least)
{
    private HashSet<Issue>? known;
    private bool enough;

    internal List<Issue> Issues { get; } = [];

    /// <summary>What is less severe need not be looked for.</summary>
    internal IssueSeverity Least { get; private set; } = least;

    /// <summary>Nothing more is taken: whoever looks for issues can stop.</summary>
    internal bool Full => AnyError && enough;

    internal bool AnyError { get; private set; }

    internal void Add(IssueSeverity severity, string code, int index, ResourceDocument document, string message)
    {
        if (severity >= Least && !Full)
        {
            Add(new Issue(severity, code, message, ElementPath.Of(document, index)));
        }
    }

    internal void Add(Issue issue)
    {
        // A slice says again what its element says.
        if (issue.Severity < Least || Full || !(known ??= []).Add(issue))
        {
            return;
        }

        AnyError |= issue.Severity >= IssueSeverity.Error;
        Issues.Add(issue);
        if (!enough && Issues.Count >= most)
        {
            (enough, Least) = (true, (IssueSeverity)Math.Max((int)Least, (int)IssueSeverity.Error));
            var rest = AnyError ? "Validation stopped" : "Only errors were looked for";
            Issues.Add(new Issue(IssueSeverity.Information, "informational", $"{rest} after {most} issues; there may be more."));
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
