using System.ComponentModel.DataAnnotations;

namespace Salus.Records;

/// <summary>What one request to <c>$graphql</c> may cost, section <c>Salus:Records:GraphQl</c>; docs/modules/graphql.md.</summary>
public sealed class GraphQlOptions
{
    /// <summary>The longest request: the document and its variables together, in bytes. Default 50,000.</summary>
    [Range(100, 10_000_000)]
    public int MaxDocumentBytes { get; set; } = 50_000;

    /// <summary>How deep fields may stand in each other, and fragments in fragments. Default 20.</summary>
    [Range(1, 50)]
    public int MaxDepth { get; set; } = 20;

    /// <summary>The most fields of a document, each counted wherever its fragment is used. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxFields { get; set; } = 2000;

    /// <summary>The most resources that are loaded, found and referred to together. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int MaxResources { get; set; } = 5000;

    /// <summary>The most searches that are run; one below a list is one for all of that list. Default 50.</summary>
    [Range(1, 1000)]
    public int MaxSearches { get; set; } = 50;

    /// <summary>The longest answer, in bytes. Default 20 MB.</summary>
    [Range(1000, 1_000_000_000)]
    public int MaxAnswerBytes { get; set; } = 20 * 1000 * 1000;

    /// <summary>What all FHIRPath expressions of a request may cost together, in steps of some 20 to 60 ns. Default ten million.</summary>
    [Range(1000, 1_000_000_000)]
    public long MaxPathSteps { get; set; } = 10_000_000;
}
