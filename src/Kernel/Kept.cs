using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Salus.Kernel;

/// <summary>
/// What was found out once and can be found out again, kept in memory up to a number of keys: when so many are kept, all are forgotten. For what is normally far below the number, so that
/// an order of use would cost more than it saves. Safe for all threads; for a moment it may hold some more.
/// </summary>
/// <param name="most">How many keys are kept.</param>
/// <param name="comparer">Null for the one of the type.</param>
public sealed class Kept<TKey, TValue>(int most, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> values = new(comparer);

    /// <summary>How many keys are kept now.</summary>
    public int Count => values.Count;

    /// <summary>False when it is not kept.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => values.TryGetValue(key, out value);

    /// <summary>What is kept, or what is made now; the same for all who ask at the same time.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (values.TryGetValue(key, out var value))
        {
            return value;
        }

        Bound();
        return values.GetOrAdd(key, make);
    }

    /// <summary>Keeps a value, in place of another one of the key.</summary>
    public void Set(TKey key, TValue value)
    {
        Bound();
        values[key] = value;
    }

    /// <summary>Forgets a key.</summary>
    public void Forget(TKey key) => values.TryRemove(key, out _);

    /// <summary>Forgets all.</summary>
    public void Forget() => values.Clear();

    private void Bound()
    {
        if (values.Count >= most)
        {
            values.Clear();
        }
    }
}
