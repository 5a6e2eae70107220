using Npgsql;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Bench.Layouts;

/// <summary>
/// One way to index tokens, references and URIs, in a schema of its own. Log, current rows, strings, dates and amounts are those of the record,
/// made by its own code; a layout replaces what concerns <c>index_exact</c>.
/// </summary>
internal abstract class Layout(string name, string description)
{
    public string Name => name;

    public string Description => description;

    public string Schema => "layout_" + name.ToLowerInvariant();

    /// <summary>What is done after the record's own tables are made; <c>records.</c> stands for the schema.</summary>
    public abstract string Setup { get; }

    /// <summary>Inserts what replaces <c>index_exact</c>; null when the record's own rows stay.</summary>
    public abstract NpgsqlBatchCommand? Insert(KeyedWrites writes);

    /// <summary>Deletes the rows of resources that get new ones.</summary>
    /// <param name="before">What the rows say; the layout may need it to find them.</param>
    public abstract NpgsqlBatchCommand Delete(KeyedWrites before);

    /// <summary>Whether <see cref="Delete"/> needs the old values, which are then taken from the stored body again.</summary>
    public virtual bool DeletesByValue => false;

    public abstract ValueTask<SqlText> PageAsync(Caller caller, SearchRequest request);

    public abstract ValueTask<SqlText> CountAsync(Caller caller, SearchRequest request);

    /// <summary>Turns the record's own statements into this layout's.</summary>
    public void Adapt(NpgsqlBatch batch, KeyedWrites writes, KeyedWrites? before)
    {
        for (var i = 0; i < batch.BatchCommands.Count; i++)
        {
            if (batch.BatchCommands[i].CommandText.StartsWith("delete from records.index_exact", StringComparison.Ordinal))
            {
                batch.BatchCommands[i] = Delete(before!);
            }
            else if (batch.BatchCommands[i].CommandText.StartsWith("insert into records.index_exact", StringComparison.Ordinal) && Insert(writes) is { } own)
            {
                batch.BatchCommands[i] = own;
            }

            batch.BatchCommands[i].CommandText = Own(batch.BatchCommands[i].CommandText);
        }
    }

    /// <summary>The same SQL in this layout's schema.</summary>
    public string Own(string sql) => sql.Replace("records.", Schema + ".", StringComparison.Ordinal);

    protected static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
