using System.ComponentModel.DataAnnotations;

namespace Salus.Records;

/// <summary>Options of the record, section <c>Salus:Records</c>.</summary>
public sealed class RecordsOptions
{
    /// <summary>The largest request body, in bytes, after decompression. Default 50 MB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 50 * 1000 * 1000;

    /// <summary>How a resource is checked before it is stored by itself. Default <see cref="ValidationPolicy.Full"/>.</summary>
    [EnumDataType(typeof(ValidationPolicy))]
    public ValidationPolicy Validation { get; set; } = ValidationPolicy.Full;

    /// <summary>How resources in bundles are checked, which is how an import comes. Default <see cref="ValidationPolicy.Invariants"/>.</summary>
    [EnumDataType(typeof(ValidationPolicy))]
    public ValidationPolicy BulkValidation { get; set; } = ValidationPolicy.Invariants;

    /// <summary>The folder with the packages of implementation guides (*.tgz) that are loaded at the start. Default: <c>packages</c> in the data folder.</summary>
    public string? Packages { get; set; }

    /// <summary>The most entries that one batch or transaction bundle may have. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxBundleEntries { get; set; } = 20_000;

    /// <summary>The most values that one resource may be found by. Default 20,000; a usual resource has ten.</summary>
    [Range(100, 10_000_000)]
    public int MaxIndexValues { get; set; } = 20_000;

    /// <summary>The most bytes that the reads of one batch or transaction may answer together. Default 50 MB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxBundleAnswerBytes { get; set; } = 50 * 1000 * 1000;

    /// <summary>Results on a page when the request has no <c>_count</c>. Default 20.</summary>
    [Range(1, 1000)]
    public int DefaultPageSize { get; set; } = 20;

    /// <summary>The largest page; a greater <c>_count</c> gives this many. Default 1000.</summary>
    [Range(1, 10_000)]
    public int MaxPageSize { get; set; } = 1000;

    /// <summary>The most resources that <c>_include</c> and <c>_revinclude</c> add to one page. Default 2000.</summary>
    [Range(1, 100_000)]
    public int MaxIncluded { get; set; } = 2000;

    /// <summary>Whether the CapabilityStatement tells where apps get a token (SMART App Launch): set where sign-in is on. Default false.</summary>
    public bool Smart { get; set; }

    /// <summary>The most patients that somebody may reach by care, study or as a proxy; who has more is refused, with words. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int MaxReachedPatients { get; set; } = 5000;

    /// <summary>The most resources written by one database commit, except that a transaction is never split. Default 1000.</summary>
    [Range(1, 100_000)]
    public int CommitSize { get; set; } = 1000;

    /// <summary>The most values that numbers, quantities, <c>:contains</c> and codes that terminology names may have in one search together. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxComparedValues { get; set; } = 100;

    /// <summary>
    /// Whether the strings of all resources are indexed, for <c>_content</c>; the record keeps it, for all processes. Turned on, it answers when the stored resources
    /// are indexed again. Default: as the record has it, off in a new one. docs/modules/records.md says what it costs.
    /// </summary>
    public bool? Content { get; set; }

    /// <summary>
    /// The most resources at the other end of a chained parameter or <c>_has</c> that a search begins with; where more fit, it begins with its own type. Default 10,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxLinkedFirst { get; set; } = 10_000;

    /// <summary>The most resources that one conditional delete may delete. Default 1, which FHIR calls <c>single</c>: several matches are refused. Above it, <c>multiple</c>.</summary>
    [Range(1, 10_000)]
    public int MaxConditionalDeletes { get; set; } = 1;

    /// <summary>The most codes that one answer of <c>$expand</c> has. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxExpandedCodes { get; set; } = 10_000;

    /// <summary>The most codes that <c>:in</c>, <c>:not-in</c>, <c>:above</c> and <c>:below</c> of one search stand for together. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxSearchCodes { get; set; } = 10_000;

    /// <summary>The size at which an export begins another file, in bytes. Default 100 MB.</summary>
    [Range(1000, 10L * 1000 * 1000 * 1000)]
    public long ExportFileBytes { get; set; } = 100 * 1000 * 1000;

    /// <summary>Hours after which what is answered later (exports, imports, requests with <c>Prefer: respond-async</c>) is removed with its files: after it is done, or has come no further. Default 24.</summary>
    [Range(1, 24 * 365)]
    public int JobHours { get; set; } = 24;

    /// <summary>The most exports under way at once. Default 20.</summary>
    [Range(1, 100)]
    public int MaxExports { get; set; } = 20;

    /// <summary>The most imports under way at once. Default 4.</summary>
    [Range(1, 30)]
    public int MaxImports { get; set; } = 4;

    /// <summary>The most requests with <c>Prefer: respond-async</c> under way at once. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxLaterRequests { get; set; } = 100;

    /// <summary>The most inputs of one import. Default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxImportInputs { get; set; } = 1000;

    /// <summary>
    /// What <c>$import</c> may read over the network: beginnings of http(s) addresses with a blank between, such as <c>https://bulk.example.org/files/</c>. Default none: an import
    /// then reads from the object store alone.
    /// </summary>
    [RegularExpression(@"^\s*(https?://[^\s/]+(/\S*)?\s*)*$", ErrorMessage = "ImportSources takes http(s) addresses with a blank between, such as https://bulk.example.org/files/.")]
    public string ImportSources { get; set; } = "";

    /// <summary>Seconds after which a search is stopped as too costly. Default 30.</summary>
    [Range(1, 3600)]
    public int SearchTimeoutSeconds { get; set; } = 30;
}

/// <summary>How resources are checked before they are stored.</summary>
public enum ValidationPolicy
{
    /// <summary>Only that it is readable JSON and a resource of R4: for taking over data that is known to break the specification.</summary>
    Off,

    /// <summary>The structure of R4: elements, cardinality, types, formats, references, required codes.</summary>
    Structural,

    /// <summary>And the invariants of R4 that are errors.</summary>
    Invariants,

    /// <summary>And the profiles that the resource claims, as far as they are loaded, and extensions by their definitions.</summary>
    Full,
}
