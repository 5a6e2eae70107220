using Salus.Fhir.Search;

namespace Salus.Records.Check;

/// <summary>Body and index of every current resource.</summary>
internal sealed class ContentCheck(RangeReader reader, BodyCheck bodies, IndexCheck index, Lanes lanes, CheckProgress progress)
{
    /// <summary>Reads the resources of a range of keys and has them checked meanwhile.</summary>
    public async Task AddAsync(long after, long upTo, CancellationToken ct)
    {
        var range = await reader.ReadAsync(after, upTo, ct);
        await lanes.AddAsync(findings => Check(range, findings), ct);
    }

    public Task FinishAsync() => lanes.FinishAsync();

    private void Check(StoredRange range, Findings findings)
    {
        var values = new SearchValues();
        foreach (var resource in range.Resources.Values)
        {
            Check(resource, values, findings);
            if (findings.Full)
            {
                return;
            }
        }

        foreach (var stray in range.Strays)
        {
            if (range.Resources.GetValueOrDefault(stray.Key) is { } owner)
            {
                findings.Add(stray.Table, owner.Row, stray.Message);
            }
            else
            {
                findings.Add(stray.Table, stray.Message);
            }
        }

        progress.AddResources(range.Resources.Count);
    }

    private void Check(StoredResource resource, SearchValues values, Findings findings)
    {
        values.Clear();
        if (resource.Row.Deleted)
        {
            index.Compare(resource, values, findings);
        }
        else if (bodies.Check(resource.Row, resource.Body, findings) is { } document)
        {
            index.Extract(document, values);
            index.Compare(resource, values, findings);
        }
    }
}
