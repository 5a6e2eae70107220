using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>What refers to each of some resources: the first page of each, in the order of the search.</summary>
/// <param name="ByOwner">By type and logical id; those to whom nothing refers are missing.</param>
/// <param name="TooMany">Whether they would be more than were to be read: then some are missing.</param>
internal sealed record OwnedPages(IReadOnlyDictionary<(string Type, string Id), OwnedPage> ByOwner, bool TooMany)
{
    /// <summary>The words of the index that lead to the owners.</summary>
    public static IReadOnlyDictionary<string, (string Type, string Id)> Words(OwnersOf owners, Catalog catalog)
    {
        var number = catalog.Number(owners.Reference);
        return owners.Resources.ToDictionary(o => Lexeme.Of(number, o.Id, -catalog.Number(o.Type)), StringComparer.Ordinal);
    }

    /// <summary>Reads what <see cref="SearchSql.OwnedAsync"/> asks for, until the pages have more than <paramref name="most"/> resources together.</summary>
    public static async Task<OwnedPages> ReadAsync(NpgsqlCommand command, SearchRequest request, Tenant tenant, Catalog catalog, int most, CancellationToken ct)
    {
        var owners = Words(request.Owners!, catalog);
        var pages = new Dictionary<(string, string), OwnedPage>();
        string?[] last = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        var read = 0;
        while (await reader.ReadAsync(ct))
        {
            var owner = owners[reader.GetString(2)];
            if (!pages.TryGetValue(owner, out var page))
            {
                pages.Add(owner, page = new OwnedPage(reader.GetInt64(3)));
            }

            if (page.Resources.Count == request.Count)
            {
                page.Next = page.Resources is [.., var end] ? new Cursor(last, end.Key) : null;
                page.More = true;
                continue;
            }

            if (++read > most)
            {
                return new OwnedPages(pages, TooMany: true);
            }

            last = [.. Enumerable.Range(6, request.Sort.Count).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))];
            page.Resources.Add(new FoundResource(reader.GetInt64(0), request.Type, reader.GetString(1), reader.Body(4, catalog, tenant, request.Type, reader.GetString(1)), FoundResource.PatientsOf(reader, 5)));
        }

        return new OwnedPages(pages, TooMany: false);
    }
}

/// <summary>What refers to one resource.</summary>
/// <param name="total">How many match, all pages together.</param>
internal sealed class OwnedPage(long total)
{
    public long Total { get; } = total;

    public List<FoundResource> Resources { get; } = [];

    /// <summary>Where the next page begins; null when there is none.</summary>
    public Cursor? Next { get; set; }

    /// <summary>Whether there are more than the page has.</summary>
    public bool More { get; set; }
}
