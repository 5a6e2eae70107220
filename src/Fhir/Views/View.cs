using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Views.Plan;

namespace Salus.Fhir.Views;

/// <summary>
/// A ViewDefinition of SQL on FHIR v2, checked and compiled: it makes rows out of resources (https://sql-on-fhir.org/ig/latest/). Every runner uses this one,
/// so a row is the same wherever it goes. Immutable; safe for all threads.
/// </summary>
public sealed class View
{
    private const int MaxDepth = 64;

    internal View(ViewDefinition definition, TypeDefinition resourceType)
    {
        Name = definition.Name;
        Url = definition.Url;
        Status = definition.Status;
        ResourceType = resourceType;
    }

    /// <summary>The name for tables; null when the view has none.</summary>
    public string? Name { get; }

    /// <summary>The canonical address; null when the view has none.</summary>
    public string? Url { get; }

    /// <summary><c>draft</c>, <c>active</c>, <c>retired</c>, <c>unknown</c>, or null.</summary>
    public string? Status { get; }

    /// <summary>The type of the resources that it makes rows of.</summary>
    public TypeDefinition ResourceType { get; }

    /// <summary>Whether its paths may ask terminology (<c>memberOf</c>, <c>subsumes</c>, <c>subsumedBy</c>).</summary>
    public bool AsksTerminology { get; internal init; }

    /// <summary>The columns, in the order of the rows' cells.</summary>
    public IReadOnlyList<ViewColumn> Columns { get; internal init; } = [];

    internal IReadOnlyList<(string Place, ViewPath Path)> Where { get; init; } = [];

    internal Step First { get; init; } = null!;

    /// <summary>How many foci there are: the resource and one for each iteration.</summary>
    internal int Slots { get; init; }

    /// <summary>
    /// Reads, checks and compiles a ViewDefinition. False, with everything that is wrong, each with its place (<c>ViewDefinition.select[0].column[1].path</c>)
    /// and what would be right.
    /// </summary>
    public static bool TryCompile(ReadOnlyMemory<byte> utf8, FhirDefinitions definitions, [NotNullWhen(true)] out View? view, out IReadOnlyList<Issue> issues)
    {
        view = null;
        try
        {
            using var document = StrictJson.Parse(utf8, MaxDepth);
            return TryCompile(document.RootElement, definitions, out view, out issues);
        }
        catch (JsonException e)
        {
            issues = [new Issue(IssueSeverity.Fatal, "structure", $"The text is not well-formed JSON: {e.Message}")];
            return false;
        }
    }

    /// <inheritdoc cref="TryCompile(ReadOnlyMemory{byte}, FhirDefinitions, out View?, out IReadOnlyList{Issue})"/>
    public static bool TryCompile(JsonElement json, FhirDefinitions definitions, [NotNullWhen(true)] out View? view, out IReadOnlyList<Issue> issues)
    {
        var found = new List<Issue>();
        issues = found;
        view = null;
        try
        {
            var definition = ViewReader.Read(json, found);
            var compiled = ViewCompiler.Compile(definition, definitions, found);
            view = found.Count == 0 ? compiled : null;
        }
        catch (InvalidOperationException e) when (e.InnerException is System.Text.DecoderFallbackException)
        {
            // A \u escape that is half of a surrogate pair: JSON's grammar lets it pass, and no text is behind it.
            found.Add(new Issue(IssueSeverity.Fatal, "structure", "A \\u escape in the text is half of a surrogate pair, which is no character."));
        }

        return view is not null;
    }

    /// <summary>A runner of it for one thread.</summary>
    /// <param name="context">What its paths may ask; null for nothing.</param>
    public ViewRun Start(PathContext? context = null) => new(this, context ?? PathContext.Default);
}
