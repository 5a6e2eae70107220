using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;

namespace Salus.Records.Views;

/// <summary>A stored resource does not fit a view; the message is for the person who wrote the view.</summary>
internal sealed class ViewMismatchException(string message) : Exception(message);

/// <summary>Stored resources as rows of a table.</summary>
internal static class ResourceRows
{
    /// <summary>A body as it was stored: it was read once before.</summary>
    public static ResourceDocument Read(byte[] body, FhirDefinitions definitions) => ResourceReader.TryRead(body, definitions, out var document, out var issue)
        ? document
        : throw new ViewMismatchException($"A stored resource cannot be read: {issue.Message}");

    /// <summary>Puts the rows of resources into a view's table.</summary>
    /// <exception cref="ViewMismatchException">The view does not fit one of them.</exception>
    public static async Task InsertAsync(ViewTable table, View view, IEnumerable<(long Key, ResourceDocument Document)> resources, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var rows = table.Insert(connection);
        var run = view.Start();
        foreach (var (key, document) in resources)
        {
            rows.Key = key;
            if (!run.TryAdd(document.Root, rows, out var issue))
            {
                throw new ViewMismatchException($"{issue.Path}: {issue.Message}");
            }
        }

        await rows.CompleteAsync(ct);
    }
}
