using Salus.Records.Storage;

namespace Salus.Records.Terminology.Content;

/// <summary>
/// Finds concepts by the beginnings of words in their names and codes: a sorted list of all words, each with the places of its concepts. A text finds what
/// has, for each of its words, a word that starts with it. Immutable, safe for all threads.
/// </summary>
internal sealed class WordIndex
{
    private readonly string[] words;
    private readonly int[] starts;
    private readonly int[] places;
    private readonly int size;

    public WordIndex(CodeSystem system)
    {
        size = system.Count;
        var collected = new Collector();
        for (var place = 0; place < size; place++)
        {
            var code = FoldedText.Words(system.Code(place));
            collected.Add(code, place);
            // A code is found with and without its punctuation: E11.9 and E119.
            collected.Add(string.Concat(code.Where(char.IsLetterOrDigit)), place);
            collected.AddWords(system.Display(place), place);
            foreach (var designation in system.Designations(place))
            {
                collected.AddWords(designation.Value, place);
            }
        }

        (words, starts, places) = collected.Sort();
    }

    /// <summary>The concepts that have every word of the text; null when the text has no word.</summary>
    public CodeBits? Search(string text)
    {
        CodeBits? found = null;
        foreach (var term in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var folded = FoldedText.Words(term);
            if (!folded.Any(char.IsLetterOrDigit))
            {
                continue;
            }

            var matches = Term(folded);
            found = found is null ? matches : found.And(matches);
        }

        return found;
    }

    /// <summary>Whether a text has, for each word of another, one that starts so: for the few names that are in no index.</summary>
    public static bool Matches(string filter, params ReadOnlySpan<string?> names)
    {
        var known = new List<string>();
        foreach (var name in names)
        {
            known.AddRange(Split(FoldedText.Words(name ?? "")));
            known.Add(FoldedText.Words(name ?? ""));
        }

        return Split(FoldedText.Words(filter)).All(word => known.Any(k => k.StartsWith(word, StringComparison.Ordinal)));
    }

    // As it stands it can be a code. Otherwise its parts are words.
    private CodeBits Term(string term)
    {
        var found = Prefix(term);
        var parts = Split(term).ToList();
        if (found.Count > 0 || (parts.Count == 1 && parts[0] == term))
        {
            return found;
        }

        return parts.Select(Prefix).Aggregate((all, next) => all.And(next));
    }

    private CodeBits Prefix(string prefix)
    {
        var found = new CodeBits(size);
        var from = Array.BinarySearch(words, prefix, StringComparer.Ordinal);
        for (var word = from < 0 ? ~from : from; word < words.Length && words[word].StartsWith(prefix, StringComparison.Ordinal); word++)
        {
            foreach (var place in places.AsSpan(starts[word]..starts[word + 1]))
            {
                found.Add(place);
            }
        }

        return found;
    }

    private static IEnumerable<string> Split(string folded)
    {
        var start = -1;
        for (var i = 0; i <= folded.Length; i++)
        {
            var inside = i < folded.Length && char.IsLetterOrDigit(folded[i]);
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                yield return folded[start..i];
                start = -1;
            }
        }
    }

    /// <summary>Words with the places they were seen at, each place once.</summary>
    private sealed class Collector
    {
        private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        private readonly List<int> last = [];
        private readonly List<int> counts = [];
        private readonly List<(int Word, int Place)> seen = [];

        public void AddWords(string? text, int place)
        {
            foreach (var word in Split(FoldedText.Words(text ?? "")))
            {
                Add(word, place);
            }
        }

        public void Add(string word, int place)
        {
            if (!numbers.TryGetValue(word, out var number))
            {
                numbers.Add(word, number = numbers.Count);
                last.Add(-1);
                counts.Add(0);
            }

            if (last[number] != place)
            {
                last[number] = place;
                counts[number]++;
                seen.Add((number, place));
            }
        }

        public (string[] Words, int[] Starts, int[] Places) Sort()
        {
            var sorted = numbers.Keys.ToArray();
            Array.Sort(sorted, StringComparer.Ordinal);
            var starts = new int[sorted.Length + 1];
            var next = new int[sorted.Length];
            for (var i = 0; i < sorted.Length; i++)
            {
                var number = numbers[sorted[i]];
                next[number] = starts[i];
                starts[i + 1] = starts[i] + counts[number];
            }

            var places = new int[seen.Count];
            foreach (var (word, place) in seen)
            {
                places[next[word]++] = place;
            }

            return (sorted, starts, places);
        }
    }
}
