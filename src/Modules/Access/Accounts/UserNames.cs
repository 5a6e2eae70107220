using System.Globalization;
using System.Text;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>
/// Which user names are taken. Two that look alike would let one person be taken for another: in the list of users, in the audit trail, at the sign-in
/// (https://www.unicode.org/reports/tr39/, sections 4 and 5.2). What normalization (NFKC) and letters' case make alike is the same name: <see cref="AccountTable.NormalAsync"/>, <see cref="User.Key"/>.
/// </summary>
internal static class UserNames
{
    private const int Longest = 100;

    // Blocks of letters, each with its first and last character (https://www.unicode.org/charts/). What is in none is a script of its own for each 256 characters.
    private static readonly (int First, int Last, string Script)[] Blocks =
    [
        (0x0041, 0x024F, "Latin"), (0x0250, 0x02AF, "Latin"), (0x1E00, 0x1EFF, "Latin"), (0x2C60, 0x2C7F, "Latin"), (0xA720, 0xA7FF, "Latin"), (0xAB30, 0xAB6F, "Latin"),
        (0x0370, 0x03FF, "Greek"), (0x1F00, 0x1FFF, "Greek"), (0x0400, 0x052F, "Cyrillic"), (0x1C80, 0x1C8F, "Cyrillic"), (0x2DE0, 0x2DFF, "Cyrillic"), (0xA640, 0xA69F, "Cyrillic"),
        (0x0530, 0x058F, "Armenian"), (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x077F, "Arabic"), (0x08A0, 0x08FF, "Arabic"), (0x10A0, 0x10FF, "Georgian"), (0x1C90, 0x1CBF, "Georgian"),
        (0x1100, 0x11FF, "Korean"), (0x3130, 0x318F, "Korean"), (0xAC00, 0xD7FF, "Korean"), (0x3040, 0x30FF, "Japanese"), (0x31F0, 0x31FF, "Japanese"),
        (0x2E80, 0x2FDF, "Han"), (0x3005, 0x3007, "Han"), (0x3100, 0x312F, "Han"), (0x31A0, 0x31BF, "Han"), (0x3400, 0x4DBF, "Han"), (0x4E00, 0x9FFF, "Han"), (0xF900, 0xFAFF, "Han"), (0x20000, 0x323AF, "Han"),
    ];

    // Letters of Cyrillic and Greek that cannot be told from a Latin one.
    private const string LikeLatin = "асеорхуіјѕһԁԛԝАВСЕНІЈКМОРЅТХҮԚԜοναΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";

    /// <summary>What is wrong with a text as the user name of anybody; null when nothing is. For sign-in.</summary>
    public static string? Malformed(string? userName) =>
        userName is null or "" ? "The user name is missing."
        : userName.Length > Longest ? $"The user name has more than {Longest} characters."
        : !Texts.IsStorable(userName) || userName.EnumerateRunes().Any(r => !Texts.IsVisible(r)) ? "The user name may not have blanks, control characters or characters that cannot be seen."
        : null;

    /// <summary>What is wrong with a text as the user name of a new account; null when nothing is.</summary>
    /// <param name="userName">Normalized.</param>
    public static string? Problem(string? userName)
    {
        if (Malformed(userName) is { } malformed)
        {
            return malformed;
        }

        var scripts = userName!.EnumerateRunes().Where(Rune.IsLetter).Select(Script).Distinct().ToList();
        if (scripts.Count > 1 && !(scripts.Count == 2 && scripts.Contains("Han") && (scripts.Contains("Japanese") || scripts.Contains("Korean"))))
        {
            return $"The user name mixes letters of several scripts ({string.Join(", ", scripts.Order(StringComparer.Ordinal))}), of which some look alike. Take letters of one.";
        }

        if (scripts is ["Cyrillic" or "Greek"] && userName.EnumerateRunes().Where(Rune.IsLetter).All(r => LikeLatin.Contains(r.ToString(), StringComparison.Ordinal)))
        {
            return "Every letter of this user name looks like a Latin one. Write it with Latin letters, or choose another.";
        }

        return userName.EnumerateRunes().Where(Rune.IsDigit).Select(r => r.Value - (int)Rune.GetNumericValue(r)).Distinct().Count() > 1 ? "The user name mixes digits of several scripts. Take 0 to 9." : null;
    }

    private static string Script(Rune rune)
    {
        foreach (var (first, last, script) in Blocks)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return script;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value >> 8:X2}00");
    }
}
