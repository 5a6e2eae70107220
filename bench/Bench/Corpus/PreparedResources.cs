using System.Runtime.InteropServices;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Records.Storage;

namespace Salus.Bench.Corpus;

/// <summary>The resources of bundles as the record stores them: ids of the server, references resolved, search values extracted. Streams; holds one bundle.</summary>
internal sealed class PreparedResources(Preparation preparation)
{
    private readonly Dictionary<string, string> staff = new(StringComparer.Ordinal);

    /// <summary>What all patients' bundles refer to.</summary>
    public IAsyncEnumerable<PendingWrite> StaffAsync(IEnumerable<byte[]> bundles) => PrepareAsync(bundles, 0, staff);

    /// <summary>The patients once more: every copy has ids and identifiers of its own.</summary>
    public IAsyncEnumerable<PendingWrite> PatientsAsync(IEnumerable<byte[]> bundles, int copy) => PrepareAsync(bundles, copy, null);

    /// <summary>Makes the identifiers of a copy its own.</summary>
    public static void Shift(SearchValues values, int copy)
    {
        foreach (ref var token in CollectionsMarshal.AsSpan(values.Tokens))
        {
            if (copy > 0 && token.Parameter.Code == "identifier")
            {
                token = token with { Code = $"{token.Code}-{copy}" };
            }
        }
    }

    private async IAsyncEnumerable<PendingWrite> PrepareAsync(IEnumerable<byte[]> bundles, int copy, Dictionary<string, string>? keep)
    {
        foreach (var bytes in bundles)
        {
            var names = keep ?? new Dictionary<string, string>(StringComparer.Ordinal);
            var entries = new List<(Element Resource, string Id)>();
            foreach (var (resource, fullUrl) in BundleEntries.In(preparation.Read(bytes).Value.Root))
            {
                var id = preparation.NewId();
                names[fullUrl] = $"{resource.Type!.Name}/{id}";
                entries.Add((resource, id));
            }

            foreach (var (resource, id) in entries)
            {
                var write = await preparation.WriteAsync(
                    resource, id, 0, fresh: true, text => names.GetValueOrDefault(text) ?? staff.GetValueOrDefault(text), CancellationToken.None);
                Shift(write.Value.Values, copy);
                yield return write.Value;
            }
        }
    }
}
