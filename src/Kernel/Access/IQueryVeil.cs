namespace Salus.Kernel;

/// <summary>
/// What of a request's query may be kept outside the record, in the audit trail: values that the record keeps sealed are replaced, so that they stand nowhere in clear. The record knows
/// which they are. Safe for all threads.
/// </summary>
public interface IQueryVeil
{
    /// <summary>A query as it stands in an address, percent-encoded, with or without its question mark.</summary>
    string Query(string query);

    /// <summary>The value of one parameter, not encoded: of a form.</summary>
    string Value(string name, string value);
}

/// <summary>Replaces nothing: for programs without a record.</summary>
public sealed class NoQueryVeil : IQueryVeil
{
    /// <inheritdoc/>
    public string Query(string query) => query;

    /// <inheritdoc/>
    public string Value(string name, string value) => value;
}
