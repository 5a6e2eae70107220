using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Salus.Fhir.Paths;

/// <summary>
/// Regular expressions of expressions. They come from users and data: matching takes linear time, or, for the few patterns that need
/// backtracking, ends after a quarter of a second.
/// </summary>
internal static class Patterns
{
    private const int MostPattern = 4_000;
    private const int Most = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);
    private static readonly ConcurrentDictionary<(string, bool), Regex> Known = new();

    /// <summary><c>matches()</c> and <c>matchesFull()</c>.</summary>
    internal static void Test(in PathCall call, string name, PathCollection into, bool full)
    {
        if (PathFunctions.StringOf(call, name) is { } text && PathFunctions.StringArguments(call, name, 1) is [var pattern])
        {
            into.Add(PathValue.Of(Run(pattern, full, text, call, regex => regex.IsMatch(text))));
        }
    }

    /// <summary><c>replaceMatches()</c>; an empty pattern replaces nothing.</summary>
    internal static void Replace(in PathCall call, PathCollection into)
    {
        if (PathFunctions.StringOf(call, "replaceMatches") is not { } text || PathFunctions.StringArguments(call, "replaceMatches", 2) is not [var pattern, var by])
        {
            return;
        }

        var (scope, position) = (call.Scope, call.Position);
        into.Add(PathValue.Of(pattern.Length == 0 ? text : Run(pattern, full: false, text, call, regex => Replace(regex, text, by, scope, position))));
    }

    // Match by match, so that a result that grows too long is noticed before it is made.
    private static string Replace(Regex regex, string text, string by, PathScope scope, int position)
    {
        var result = new StringBuilder();
        var (end, inserts) = (0, by.AsSpan().Count('$'));
        // $_, $` and $' insert the text, or what stands before or behind the match.
        var whole = by.Contains("$_", StringComparison.Ordinal) || by.Contains("$`", StringComparison.Ordinal) || by.Contains("$'", StringComparison.Ordinal);
        for (var match = regex.Match(text); match.Success; match = match.NextMatch())
        {
            scope.LimitText(result.Length + by.Length + ((long)inserts * (whole ? text.Length : Longest(match, inserts))), position);
            result.Append(text, end, match.Index - end).Append(match.Result(by));
            end = match.Index + match.Length;
            scope.LimitText(result.Length, position);
            scope.Charge(1, position);
        }

        return result.Append(text, end, text.Length - end).ToString();
    }

    /// <summary>The most that one insertion of a group can be; what looks around can capture more than the match.</summary>
    private static int Longest(Match match, int inserts)
    {
        var longest = 0;
        for (var i = 0; inserts > 0 && i < match.Groups.Count; i++)
        {
            longest = Math.Max(longest, match.Groups[i].Length);
        }

        return longest;
    }

    private static T Run<T>(string pattern, bool full, string text, in PathCall call, Func<Regex, T> body)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            call.Scope.Charge(1 + (text.Length / 16), call.Position);
            var result = body(Find(pattern, full, call.Position));
            // A microsecond is about 20 steps of other work.
            call.Scope.Charge((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds * 20, call.Position);
            return result;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new PathFault("The regular expression takes too long on this text", call.Position, PathErrorKind.TooCostly);
        }
        catch (ArgumentException e)
        {
            throw new PathFault($"'{Shortened(pattern)}' is not a regular expression: {e.Message}", call.Position);
        }
    }

    private static string Shortened(string pattern) => pattern.Length <= 64 ? pattern : pattern[..64] + "…";

    private static Regex Find(string pattern, bool full, int position)
    {
        if (Known.TryGetValue((pattern, full), out var regex))
        {
            return regex;
        }

        if (pattern.Length > MostPattern)
        {
            throw new PathFault($"The regular expression has more than {MostPattern:N0} characters", position, PathErrorKind.TooCostly);
        }

        regex = Make(full ? $"\\A(?:{pattern})\\z" : pattern);
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
