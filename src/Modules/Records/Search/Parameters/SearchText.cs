using System.Text;
using Salus.Kernel;

namespace Salus.Records.Search.Parameters;

/// <summary>What the values of all parameter types share: escapes and prefixes (http://hl7.org/fhir/R4/search.html#escaping, #prefix).</summary>
internal static class SearchText
{
    // A value may have millions of characters.
    private const int MaxShown = 500;

    private static readonly string[] Prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

    /// <summary>Resolves <c>\,</c> <c>\$</c> <c>\|</c> <c>\\</c>.</summary>
    public static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
            {
                i++;
            }

            text.Append(value[i]);
        }

        return text.ToString();
    }

    /// <summary>Splits at bars that are not escaped, and unescapes the parts.</summary>
    public static List<string> Parts(string value) => Split(value, '|').ConvertAll(Unescape);

    /// <summary>How the values of a composite are written.</summary>
    public static string CompositeForm(IEnumerable<string> parts) => $"its parts joined by '$': {string.Join('$', parts.Select(p => $"<{p}>"))}, a '$' within one written as '\\$'";

    /// <summary>Splits at a sign where it is not escaped. The parts keep their escapes.</summary>
    public static List<string> Split(string value, char sign)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == sign)
            {
                parts.Add(value[start..i]);
                start = i + 1;
            }
        }

        parts.Add(value[start..]);
        return parts;
    }

    /// <summary>The comparison prefix, <c>eq</c> when there is none, and the rest.</summary>
    public static (string Prefix, string Operand) Prefix(string value) =>
        value.Length > 2 && Prefixes.Contains(value[..2]) ? (value[..2], value[2..]) : ("eq", value);

    public static Failure Wrong(string name, string value, string right) =>
        new(FailureKind.Invalid, "value", $"'{Shown(value)}' is not a value of {name}: it takes {right}.", name);

    // Half a character is nothing that could be written.
    private static string Shown(string value) => value.Length <= MaxShown ? value : $"{value[..(char.IsHighSurrogate(value[MaxShown - 1]) ? MaxShown - 1 : MaxShown)]}…";

    /// <summary>LIKE pattern characters, taken literally.</summary>
    public static string Literal(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
