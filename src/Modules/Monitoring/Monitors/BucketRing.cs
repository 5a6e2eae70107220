namespace Salus.Monitoring.Monitors;

/// <summary>
/// The newest buckets of a width, in constant memory. A bucket is a multiple of the width since 1970, whoever asks and whenever; what is in the ring depends on the values alone and
/// not on their order: those of the bucket that is highest by now and of the ones before it, as many as there are places.
/// </summary>
/// <param name="width">Milliseconds.</param>
internal sealed class BucketRing(long width, int places)
{
    private readonly Bucket[] buckets = new Bucket[places];
    private long highest = -1;

    public void Add(long time, int value)
    {
        var number = time / width;
        if (number > highest)
        {
            Advance(number);
        }
        else if (number <= highest - places)
        {
            return;
        }

        buckets[number % places].Add(value);
    }

    /// <summary>A bucket by its number; empty where nothing came or it is gone.</summary>
    public Bucket this[long number] => number > highest || number <= highest - places || number < 0 ? default : buckets[number % places];

    /// <summary>All from the first of the window that ends now. What devices with a fast clock sent is in it.</summary>
    public Window Until(long now)
    {
        var sum = default(Bucket);
        for (var number = First(now); number <= highest; number++)
        {
            var bucket = this[number];
            if (bucket.Count == 0)
            {
                continue;
            }

            (sum.Min, sum.Max) = sum.Count == 0 ? (bucket.Min, bucket.Max) : (Math.Min(sum.Min, bucket.Min), Math.Max(sum.Max, bucket.Max));
            sum.Sum += bucket.Sum;
            sum.Count += bucket.Count;
        }

        return new(sum.Min, sum.Max, sum.Sum, sum.Count);
    }

    /// <summary>The buckets of the window that ends now that something came in, oldest first.</summary>
    public IEnumerable<(long Number, Bucket Bucket)> Filled(long now)
    {
        for (var number = First(now); number <= highest; number++)
        {
            if (this[number] is { Count: > 0 } bucket)
            {
                yield return (number, bucket);
            }
        }
    }

    /// <summary>Puts back what <see cref="Filled"/> gave, oldest first.</summary>
    public void Restore(long number, in Bucket bucket)
    {
        Advance(number);
        buckets[number % places] = bucket;
    }

    private long First(long now) => Math.Max((now / width) - places, highest - places) + 1;

    private void Advance(long number)
    {
        for (var empty = Math.Max(highest + 1, number - places + 1); empty <= number; empty++)
        {
            buckets[empty % places] = default;
        }

        highest = number;
    }
}
