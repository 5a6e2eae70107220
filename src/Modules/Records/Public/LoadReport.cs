namespace Salus.Records;

/// <summary>What to load.</summary>
/// <param name="Format">One of <see cref="TerminologyLoader.Formats"/>.</param>
/// <param name="Paths">Files, folders, .zip and .gz.</param>
public sealed record LoadOrder(string Format, IReadOnlyList<string> Paths)
{
    /// <summary>The version of the code system; null to take it from the names of the files.</summary>
    public string? Version { get; init; }

    /// <summary>Load also when the same files were loaded before.</summary>
    public bool Again { get; init; }
}

/// <summary>What was loaded.</summary>
/// <param name="Url">The code system.</param>
/// <param name="Version">Its version.</param>
/// <param name="Concepts">How many concepts it has.</param>
/// <param name="Repeated">Codes that came more than once; the first place counts.</param>
/// <param name="Resource">The CodeSystem resource that stands for it: <c>CodeSystem/icd-10-cm-2021</c>.</param>
/// <param name="WasThere">The same files had been loaded before, and nothing was done but to look after the resource.</param>
/// <param name="Elapsed">The time it took.</param>
public sealed record LoadReport(string Url, string Version, long Concepts, long Repeated, string Resource, bool WasThere, TimeSpan Elapsed);
