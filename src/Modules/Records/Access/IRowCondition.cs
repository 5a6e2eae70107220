using Salus.Records.Search;

namespace Salus.Records.Access;

/// <summary>What a caller may see, as a condition of a statement.</summary>
internal interface IRowCondition
{
    /// <summary>The condition on a row of <c>records.current</c>, deleted ones too: <c>" and (...)"</c>; empty when nothing is held back.</summary>
    /// <param name="row">Its alias.</param>
    ValueTask<string> OfCurrentAsync(SqlText sql, string row, CancellationToken ct);
}
