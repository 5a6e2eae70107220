using System.Numerics;

namespace Salus.Records.Terminology.Content;

/// <summary>A set of concepts of one code system, a bit for each by its place. Not safe for threads while it is changed.</summary>
internal sealed class CodeBits
{
    private readonly ulong[] words;

    public CodeBits(int size)
    {
        Size = size;
        words = new ulong[(size + 63) / 64];
    }

    private CodeBits(int size, ulong[] words)
    {
        Size = size;
        this.words = words;
    }

    /// <summary>How many concepts the code system has.</summary>
    public int Size { get; }

    public int Count => words.Sum(BitOperations.PopCount);

    public bool this[int index] => (words[index >> 6] & (1UL << (index & 63))) != 0;

    public static CodeBits All(int size)
    {
        var all = new CodeBits(size);
        Array.Fill(all.words, ulong.MaxValue);
        if ((size & 63) != 0)
        {
            all.words[^1] = (1UL << (size & 63)) - 1;
        }

        return all;
    }

    public CodeBits Copy() => new(Size, (ulong[])words.Clone());

    /// <summary>Adds one; false when it was there.</summary>
    public bool Add(int index)
    {
        ref var word = ref words[index >> 6];
        var bit = 1UL << (index & 63);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        return true;
    }

    public void Remove(int index) => words[index >> 6] &= ~(1UL << (index & 63));

    public CodeBits And(CodeBits other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= other.words[i];
        }

        return this;
    }

    public CodeBits AndNot(CodeBits other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= ~other.words[i];
        }

        return this;
    }

    public CodeBits Or(CodeBits other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] |= other.words[i];
        }

        return this;
    }

    /// <summary>The members in order, without the first <paramref name="skip"/>.</summary>
    public IEnumerable<int> Members(int skip = 0)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var count = BitOperations.PopCount(words[i]);
            if (skip >= count)
            {
                skip -= count;
                continue;
            }

            for (var word = words[i]; word != 0; word &= word - 1)
            {
                if (skip-- <= 0)
                {
                    yield return (i << 6) + BitOperations.TrailingZeroCount(word);
                }
            }

            skip = 0;
        }
    }
}
