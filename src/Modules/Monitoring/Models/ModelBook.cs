using System.Collections.Concurrent;
using System.Collections.Immutable;
using Salus.Kernel;

namespace Salus.Monitoring.Models;

/// <summary>The newest score of each model for each patient. Safe for all threads.</summary>
internal sealed class ModelBook
{
    private readonly ConcurrentDictionary<(Tenant, string Patient), ImmutableArray<ModelReading>> newest = new();

    /// <summary>By the names of the models; those that are long over are left out.</summary>
    public IReadOnlyList<ModelReading> Of(Tenant tenant, string patient, long now) =>
        newest.TryGetValue((tenant, patient), out var all) ? all.Any(m => m.IsOver(now)) ? all.RemoveAll(m => m.IsOver(now)) : all : [];

    /// <summary>True when it is newer than what is known of the model. Of two of one moment the first stays.</summary>
    public bool Put(Tenant tenant, string patient, ModelReading reading)
    {
        var taken = false;
        newest.AddOrUpdate(
            (tenant, patient),
            _ =>
            {
                taken = true;
                return [reading];
            },
            (_, all) =>
            {
                var place = all.FindIndex(m => m.Model == reading.Model);
                taken = place < 0 || all[place].At < reading.At;
                return !taken ? all : place >= 0 ? all.SetItem(place, reading) : all.Add(reading).Sort((a, b) => string.CompareOrdinal(a.Model, b.Model));
            });
        return taken;
    }

    /// <summary>Forgets what is long over.</summary>
    public void Prune(long now)
    {
        foreach (var (key, all) in newest.Where(n => n.Value.All(m => m.IsOver(now))))
        {
            // Only if nothing came meanwhile.
            newest.TryRemove(KeyValuePair.Create(key, all));
        }
    }
}

internal static class ImmutableArrayExtensions
{
    public static int FindIndex<T>(this ImmutableArray<T> all, Predicate<T> match)
    {
        for (var i = 0; i < all.Length; i++)
        {
            if (match(all[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
