using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Access.Accounts.Passwords;

/// <summary>
/// Passwords that attackers try first: whatever is put together of at most three parts of the list that is shipped (<c>common-parts.txt</c> beside this file: words, names, walks over
/// the keyboard), years, rows of digits and repetitions, in any case, with signs between and letters as digits; and a file of an installation's own, searched on disk.
/// </summary>
internal sealed class BreachedPasswords
{
    private const int MostParts = 3;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private static readonly HashSet<string> Parts = ReadParts();
    private static readonly int LongestPart = Parts.Max(p => p.Length);

    private readonly SortedHashes? file;

    /// <exception cref="CannotStartException">The file of the options cannot be read.</exception>
    public BreachedPasswords(IOptions<AccountOptions> options) => file = options.Value.BreachedPasswords is { Length: > 0 } path ? SortedHashes.Open(path) : null;

    /// <summary>Whether it is one of them.</summary>
    public bool Contains(string password) =>
        IsPutTogether(password) || (file?.Contains(Convert.ToHexString(SHA1(password))) ?? false);

#pragma warning disable CA5350 // The format of the published lists; nothing is protected by it.
    private static byte[] SHA1(string password) => System.Security.Cryptography.SHA1.HashData(Encoding.UTF8.GetBytes(password));
#pragma warning restore CA5350

    private static bool IsPutTogether(string password)
    {
        var lower = password.ToLowerInvariant();
        // "P@ssw0rd2026!": what stands behind the last letter is a number and signs, not letters in disguise.
        var letters = lower.AsSpan().LastIndexOfAnyInRange('a', 'z') + 1;
        return Fits(Stripped(lower)) || Fits(Stripped(Plain(lower))) || Fits(Stripped(Plain(lower[..letters]) + lower[letters..]));
    }

    // As people write letters with digits and signs.
    private static string Plain(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = from[i] switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '5' => 's', '7' => 't', '@' => 'a', '$' => 's', '!' => 'i', var c => c };
        }
    });

    // What is only written several times counts as written once.
    private static string Stripped(string text)
    {
        var plain = string.Concat(text.Where(char.IsLetterOrDigit));
        for (var length = 1; length <= plain.Length / 2; length++)
        {
            if (plain.Length % length == 0 && plain.AsSpan(length).SequenceEqual(plain.AsSpan(0, plain.Length - length)))
            {
                return plain[..length];
            }
        }

        return plain;
    }

    // The fewest parts that end at each place; the same part again costs nothing.
    private static bool Fits(string text)
    {
        if (text.Length == 0)
        {
            return true;
        }

        var fewest = new int[text.Length + 1];
        Array.Fill(fewest, int.MaxValue, 1, text.Length);
        for (var end = 1; end <= text.Length; end++)
        {
            for (var start = Math.Max(0, end - Math.Max(LongestPart, 24)); start < end; start++)
            {
                if (fewest[start] < int.MaxValue && IsPart(text.AsSpan(start, end - start)))
                {
                    var length = end - start;
                    var again = start >= length && text.AsSpan(start - length, length).SequenceEqual(text.AsSpan(start, length));
                    fewest[end] = Math.Min(fewest[end], fewest[start] + (again ? 0 : 1));
                }
            }
        }

        return fewest[^1] <= MostParts;
    }

    private static bool IsPart(ReadOnlySpan<char> text) =>
        IsRow(text) || IsNumber(text) || Parts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text);

    // aaa, abcd, 4321.
    private static bool IsRow(ReadOnlySpan<char> text)
    {
        if (text.Length < 3)
        {
            return text.Length == 1;
        }

        var step = text[1] - text[0];
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] - text[i - 1] != step || Math.Abs(step) > 1)
            {
                return false;
            }
        }

        return true;
    }

    // Up to four digits, or a date of six or eight.
    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length is <= 4 or 6 or 8 && !text.ContainsAnyExceptInRange('0', '9');

    private static HashSet<string> ReadParts()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Salus.Access.Accounts.Passwords.common-parts.txt")!);
        var parts = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                parts.UnionWith(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        foreach (var row in (string[])["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfv", "1234567890", Letters])
        {
            AddPieces(parts, row);
            AddPieces(parts, string.Concat(row.Reverse()));
        }

        return parts;
    }

    private static void AddPieces(HashSet<string> parts, string row)
    {
        for (var start = 0; start < row.Length; start++)
        {
            for (var length = 4; start + length <= row.Length; length++)
            {
                parts.Add(row.Substring(start, length));
            }
        }
    }
}
