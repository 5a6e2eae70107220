namespace Salus.Fhir.Profiles;

/// <summary>What validation asks of terminology. Implementations are safe for all threads and answer at once: they do no I/O.</summary>
public interface IValueSets
{
    /// <summary>Whether a code is in a value set; null when that is not known here.</summary>
    /// <param name="valueSet">A canonical URL, with or without <c>|version</c>.</param>
    /// <param name="system">The code system; null for the value of a <c>code</c>, a string or a URI, whose system is implicit.</param>
    /// <param name="code">The code itself.</param>
    bool? Contains(string valueSet, string? system, string code);
}
