using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Salus.Fhir.Paths;

/// <summary>
/// Regular expressions of expressions. They come from users and data: matching takes linear time, or, for the few patterns that need
/// backtracking, ends after a quarter of a second. What many matches take in all is paid in steps, as all other work.
/// </summary>
internal static class Patterns
{
    private const int Longest = 4_000;
    private const int Most = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);
    private static readonly ConcurrentDictionary<(string, bool), Regex> Known = new();

    /// <summary><c>matches()</c> and <c>matchesFull()</c>.</summary>
    internal static void Test(in PathCall call, string name, PathCollection into, bool full)
    {
        if (PathFunctions.StringOf(call, name) is { } text && PathFunctions.StringArguments(call, name, 1) is [var pattern])
        {
            into.Add(PathValue.Of(Run(pattern, full, text, call, (regex, _) => regex.IsMatch(text))));
        }
    }

    /// <summary><c>replaceMatches()</c>; an empty pattern replaces nothing.</summary>
    internal static void Replace(in PathCall call, PathCollection into)
    {
        if (PathFunctions.StringOf(call, "replaceMatches") is not { } text || PathFunctions.StringArguments(call, "replaceMatches", 2) is not [var pattern, var by])
        {
            return;
        }

        into.Add(PathValue.Of(pattern.Length == 0 ? text : Run(pattern, full: false, text, call, (regex, clock) => Replace(regex, text, by, clock))));
    }

    // Match by match, so that a result that grows too long, or takes too long, is noticed while it grows.
    private static string Replace(Regex regex, string text, string by, Clock clock)
    {
        var result = new StringBuilder();
        var end = 0;
        var references = by.Count(c => c == '$');
        var whole = by.Contains("$_", StringComparison.Ordinal) || by.Contains("$`", StringComparison.Ordinal) || by.Contains("$'", StringComparison.Ordinal);
        for (var match = regex.Match(text); match.Success; match = match.NextMatch())
        {
            // Before it is made: what takes the place of one match may hold the whole text as often as it says.
            var longest = references == 0 ? 0 : whole ? text.Length : match.Groups.Values.Max(g => g.Length);
            clock.LimitText(result.Length + (match.Index - end) + by.Length + ((long)references * longest));
            result.Append(text, end, match.Index - end).Append(match.Result(by));
            end = match.Index + match.Length;
            clock.Charge();
        }

        clock.LimitText(result.Length + (long)(text.Length - end));
        return result.Append(text, end, text.Length - end).ToString();
    }

    private static T Run<T>(string pattern, bool full, string text, in PathCall call, Func<Regex, Clock, T> body)
    {
        try
        {
            call.Scope.Charge(1 + (text.Length / 16), call.Position);
            var clock = new Clock(call.Scope, call.Position);
            var result = body(Find(pattern, full, call.Position), clock);
            clock.Charge();
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

        if (pattern.Length > Longest)
        {
            throw new PathFault($"The regular expression has more than {Longest:N0} characters", position, PathErrorKind.TooCostly);
        }

        regex = Make(full ? $"\\A(?:{pattern})\\z" : pattern);
        if (Known.Count >= Most)
        {
            Known.Clear();
        }

        Known[(pattern, full)] = regex;
        return regex;
    }

    /// <summary>Pays for the time that passes: a microsecond is about 20 steps of other work.</summary>
    private sealed class Clock(PathScope scope, int position)
    {
        private readonly long started = Stopwatch.GetTimestamp();
        private long paid;

        internal void Charge()
        {
            var due = (long)(Stopwatch.GetElapsedTime(started).TotalMicroseconds * 20);
            scope.Charge(1 + due - paid, position);
            paid = due;
        }

        internal void LimitText(long length) => scope.LimitText(length, position);
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
