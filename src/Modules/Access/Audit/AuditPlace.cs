namespace Salus.Access.Audit;

/// <summary>Where a record ends.</summary>
/// <param name="Use">Of the file: one that is used again has given up what it had, which the database has then.</param>
internal readonly record struct AuditPlace(AuditJournalFile File, int Use, int End)
{
    public bool IsDurable => End <= File.Durable || Use != File.Use;

    public bool IsShipped => End <= File.Shipped || Use != File.Use;
}
