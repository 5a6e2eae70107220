using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.Passwords;
using Salus.Kernel;

namespace Salus.Access.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("password1234", "first")]
    [InlineData("P@ssw0rd2026!", "first")]
    [InlineData("Summer2026Summer2026", "first")]
    [InlineData("qwertyuiop123", "first")]
    [InlineData("1q2w3e4r5t6y", "first")]
    [InlineData("aaaaaaaaaaaaaaaa", "first")]
    [InlineData("abcdefghijklmnop", "first")]
    [InlineData("123456789012", "first")]
    [InlineData("Hospital-Nurse-1", "first")]
    [InlineData("iloveyou-michael", "first")]
    [InlineData("lantern of Jane.Doe", "user name")]
    public void Bad_passwords_are_refused_with_the_reason(string password, string reason) =>
        Assert.Contains(reason, Rules().Problem("jane.doe", password), StringComparison.Ordinal);

    [Theory]
    [InlineData("quixotic lantern of the marmot")]
    [InlineData("kV7!pzQ2@xLm9")]
    [InlineData("correct horse battery staple")]
    [InlineData("                spaced")]
    [InlineData("пароль-из-четырёх-слов")]
    public void Good_passwords_are_taken_whatever_signs_they_have(string password) => Assert.Null(Rules().Problem("jane.doe", password));

    [Fact]
    public void A_password_of_257_characters_is_refused() =>
        Assert.Contains("at most", Rules().Problem("jane.doe", string.Concat(Enumerable.Range(0, 257).Select(i => (char)('a' + (i * 7 % 26))))), StringComparison.Ordinal);

    [Fact]
    public void A_file_of_hashes_in_order_is_searched_from_first_to_last_line()
    {
        var path = Path.GetTempFileName();
        try
        {
            var breached = Enumerable.Range(0, 500).Select(i => $"unguessable marmot {i}").ToList();
            // Lines of different lengths, as the published list has them.
            File.WriteAllLines(path, breached.Select(p => $"{Hash(p)}:{p.Length * p.Length * 37}").Order(StringComparer.Ordinal));
            var rules = Rules(path);
            Assert.All(breached, p => Assert.NotNull(rules.Problem("jane.doe", p)));
            Assert.All(breached, p => Assert.Null(rules.Problem("jane.doe", p + "!")));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_no_such_list_is_refused_at_the_start()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "password\n123456\n");
            Assert.Contains("40 hexadecimal digits", Assert.Throws<CannotStartException>(() => Rules(path)).Message, StringComparison.Ordinal);
            Assert.Contains("cannot be read", Assert.Throws<CannotStartException>(() => Rules(path + ".missing")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static PasswordRules Rules(string? file = null)
    {
        var options = Options.Create(new AccountOptions { BreachedPasswords = file });
        return new PasswordRules(options, new BreachedPasswords(options));
    }

#pragma warning disable CA5350 // The format of the list.
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
