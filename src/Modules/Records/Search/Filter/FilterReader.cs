using System.Globalization;
using Salus.Kernel;

namespace Salus.Records.Search.Filter;

/// <summary>
/// Reads the text of <c>_filter</c> by the grammar of http://hl7.org/fhir/R4/search_filter.html. "and" and "or" have no precedence: they are taken from left
/// to right. Depth and number of tests are bounded, so the time is too.
/// </summary>
internal sealed partial class FilterReader
{
    public const int MaxDepth = 32;
    public const int MaxTests = 64;
    private const int MaxSteps = 16;
    private const string LikeATest = "a test such as name co \"pet\", not (...) or (...)";
    private readonly string text;
    private Failure? failure;
    private int at;
    private int depth;
    private int tests;

    private FilterReader(string text) => this.text = text;

    public static Outcome<FilterNode> Read(string text)
    {
        var reader = new FilterReader(text);
        var node = reader.Filter();
        if (node is not null)
        {
            reader.Blanks();
            if (reader.at < text.Length)
            {
                node = reader.Wrong("expected 'and', 'or' or the end. A value with blanks stands in quotes; a '+' in an address is written %2B");
            }
        }

        return node is null ? reader.failure! : node;
    }

    /// <summary>A failure with its place in the filter.</summary>
    public static Failure At(int position, string message, FailureKind kind = FailureKind.Invalid, string code = "value") =>
        new(kind, code, string.Create(CultureInfo.InvariantCulture, $"position {position}: {message}"), "_filter");

    /// <summary>The same failure with its place in the filter; one that has it already keeps it.</summary>
    public static Failure At(int position, Failure failure) => failure with { Problems = [.. failure.Problems.Select(p => p.Path == "_filter" && p.Message.StartsWith("position ", StringComparison.Ordinal) ? p : At(position, p.Message, failure.Kind, p.Code).Problems[0])] };

    // Null with a failure. term (("and" | "or") term)*
    private FilterNode? Filter()
    {
        if (++depth > MaxDepth)
        {
            return TooCostly($"more than {MaxDepth} filters in each other. Write it flatter");
        }

        var left = Term();
        while (left is not null && Joint() is { } either)
        {
            if (Term() is not { } right)
            {
                return null;
            }

            if (left is FilterGroup group && group.Either == either)
            {
                group.Items.Add(right);
            }
            else
            {
                left = new FilterGroup(either, [left, right]);
            }
        }

        depth--;
        return left;
    }

    // True for "or", false for "and", null for neither.
    private bool? Joint()
    {
        Blanks();
        foreach (var (word, either) in new[] { ("and", false), ("or", true) })
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0 && (at + word.Length == text.Length || !IsName(text[at + word.Length])))
            {
                at += word.Length;
                return either;
            }
        }

        return null;
    }

    private FilterNode? Term()
    {
        Blanks();
        if (Peek() == '(')
        {
            return Enclosed('(', ')');
        }

        var start = at;
        if (Name() is not { } name)
        {
            return Wrong($"expected {LikeATest}");
        }

        if (name == "not")
        {
            Blanks();
            if (Peek() == '(')
            {
                return Enclosed('(', ')') is { } inner ? new FilterNot(inner) : null;
            }

            return Wrong("expected '(' after 'not'");
        }

        return Test(start, name);
    }

    private FilterNode? Enclosed(char open, char close)
    {
        var start = at++;
        if (Filter() is not { } inner)
        {
            return null;
        }

        Blanks();
        if (Peek() != close)
        {
            return Wrong($"expected '{close}' for the '{open}' at position {start + 1}");
        }

        at++;
        return inner;
    }

    private FilterTest? Test(int start, string first)
    {
        if (++tests > MaxTests)
        {
            TooCostly($"more than {MaxTests} tests. Ask in parts");
            return null;
        }

        if (Path(first) is not { } path)
        {
            return null;
        }

        var place = at;
        if (!Blanks() || Name() is not { } word)
        {
            Wrong($"expected an operator: {string.Join(' ', FilterOperators.All)}");
            return null;
        }

        if (!FilterOperators.All.Contains(word))
        {
            at = place + 1;
            Wrong($"'{word}' is no operator. Known are: {string.Join(' ', FilterOperators.All)}");
            return null;
        }

        if (!Blanks())
        {
            Wrong($"expected a blank and a value after '{word}'");
            return null;
        }

        var operand = at + 1;
        return Value() is { } value ? new FilterTest(path, word, value, start + 1) { ValuePosition = operand } : null;
    }

    // name ("[" filter "]" "." path | "." path)?
    private List<FilterStep>? Path(string name)
    {
        var steps = new List<FilterStep>();
        while (true)
        {
            FilterNode? filter = null;
            if (Peek() == '[' && (filter = Enclosed('[', ']')) is null)
            {
                return null;
            }

            steps.Add(new FilterStep(name, filter));
            if (steps.Count > MaxSteps)
            {
                TooCostly($"a path of more than {MaxSteps} names");
                return null;
            }

            if (Peek() != '.')
            {
                if (filter is null)
                {
                    return steps;
                }

                Wrong("expected '.' and a name after ']': a filter in brackets narrows what the name leads to");
                return null;
            }

            at++;
            if (Name() is not { } next)
            {
                Wrong("expected a name after '.'");
                return null;
            }

            name = next;
        }
    }

    private FilterNode? Wrong(string message)
    {
        failure ??= At(at + 1, message + ".");
        return null;
    }

    private FilterNode? TooCostly(string message)
    {
        failure ??= At(at + 1, message + ".", FailureKind.TooCostly, "too-costly");
        return null;
    }
}
