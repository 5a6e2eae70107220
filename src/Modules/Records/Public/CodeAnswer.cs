namespace Salus.Records;

/// <summary>The answer to a question about codes, where not everything may be known here.</summary>
public enum CodeAnswer
{
    /// <summary>It is not so.</summary>
    No,

    /// <summary>It is so.</summary>
    Yes,

    /// <summary>A code system or value set that decides it is not on this server.</summary>
    Unknown,
}
