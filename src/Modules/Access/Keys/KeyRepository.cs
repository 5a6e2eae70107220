using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Keys;

/// <summary>
/// The ring of keys in PostgreSQL, where every process finds it. With a master key that ends with the process, the ring does too: in the database
/// it would be rows that nobody can read.
/// </summary>
internal sealed class KeyRepository(Database database, MasterKey master) : IXmlRepository
{
    private readonly ConcurrentDictionary<string, string> passing = new(StringComparer.Ordinal);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        if (!master.IsKept)
        {
            return [.. passing.Values.Select(XElement.Parse)];
        }

        // The framework's interface has no asynchronous form; it asks once a day and at the start. Waiting in the socket itself would go by the clock of the
        // machine, which may jump.
        return Task.Run(ReadAsync).GetAwaiter().GetResult();
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var text = element.ToString(SaveOptions.DisableFormatting);
        if (!master.IsKept)
        {
            passing[friendlyName] = text;
            return;
        }

        Task.Run(() => WriteAsync(friendlyName, text)).GetAwaiter().GetResult();
    }

    private async Task<List<XElement>> ReadAsync()
    {
        await using var command = database.Source.CreateCommand("select element from access.data_protection_key order by created_at, name");
        await using var reader = await command.ExecuteReaderAsync();
        var elements = new List<XElement>();
        while (await reader.ReadAsync())
        {
            elements.Add(XElement.Parse(reader.GetString(0)));
        }

        return elements;
    }

    private async Task WriteAsync(string name, string text)
    {
        await using var command = database.Source.CreateCommand("insert into access.data_protection_key (name, element) values ($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        await command.ExecuteNonQueryAsync();
    }
}
