using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Salus.Fhir.Paths;

/// <summary>Regular expressions of expressions. They come from users and data: matching takes linear time, or ends after a second.</summary>
internal static class Patterns
{
    private const int Most = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<(string, bool), Regex> Known = new();

    internal static PathValue Run(string pattern, bool full, int position, Func<Regex, PathValue> body)
    {
        try
        {
            return body(Find(pattern, full));
        }
        catch (RegexMatchTimeoutException)
        {
            throw new PathFault("The regular expression takes too long on this text", position);
        }
        catch (ArgumentException e)
        {
            throw new PathFault($"'{pattern}' is not a regular expression: {e.Message}", position);
        }
    }

    private static Regex Find(string pattern, bool full)
    {
        if (Known.TryGetValue((pattern, full), out var regex))
        {
            return regex;
        }

        regex = Make(full ? $"^(?:{pattern})$" : pattern);
        if (Known.Count >= Most)
        {
            Known.Clear();
        }

        Known[(pattern, full)] = regex;
        return regex;
    }

    private static Regex Make(string pattern)
    {
        // N1 asks for the single-line mode: the dot matches line ends too.
        const RegexOptions options = RegexOptions.Singleline | RegexOptions.CultureInvariant;
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, Limit);
        }
        catch (NotSupportedException)
        {
            // Look-around and back references need backtracking.
            return new Regex(pattern, options, Limit);
        }
    }
}
