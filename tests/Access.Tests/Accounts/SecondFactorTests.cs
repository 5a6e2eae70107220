using System.Net;
using System.Text;
using Salus.Access.Accounts.SecondFactors;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class SecondFactorTests(AccountServer server) : IClassFixture<AccountServer>
{
    // RFC 6238, appendix B: the last six of the eight digits there.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Encoding.ASCII.GetBytes("12345678901234567890"), Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    // RFC 4648, section 10.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_in_base_32(string text, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task With_an_app_a_password_alone_opens_nothing_and_a_code_counts_once()
    {
        await server.AddAsync("app", "nurse");
        using var browser = server.Open();
        var secret = await SetUpAsync(browser, "app");
        using var second = server.Open();
        Assert.Equal("second-factor", (await second.SignInAsync("app")).Next);
        var session = await second.SessionAsync();
        Assert.Null(session["account"]);
        Assert.Equal("second-factor", session["pending"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("/who")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.PostAsync("/access/account/totp")).Status);

        server.Clock.Move(TimeSpan.FromSeconds(60));
        var code = Totp.Code(secret, Totp.StepAt(server.Clock.GetUtcNow()));
        var before = second.Cookie("salus");
        Assert.Equal("done", (await CodeAsync(second, "totp", code)).Next);
        Assert.NotEqual(before, second.Cookie("salus"));
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/who")).Status);

        using var replay = server.Open();
        await replay.SignInAsync("app");
        Assert.Equal(HttpStatusCode.Unauthorized, (await CodeAsync(replay, "totp", code)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await replay.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task A_code_sent_many_times_at_once_counts_once()
    {
        await server.AddAsync("race");
        using var browser = server.Open();
        var secret = await SetUpAsync(browser, "race");
        server.Clock.Move(TimeSpan.FromSeconds(60));
        var pending = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var one = server.Open();
            await one.SignInAsync("race");
            return one;
        }));
        var code = Totp.Code(secret, Totp.StepAt(server.Clock.GetUtcNow()));
        var answers = await Task.WhenAll(pending.Select(p => CodeAsync(p, "totp", code)));
        Assert.Single(answers, a => a.Ok);
        Array.ForEach(pending, p => p.Dispose());
    }

    [Fact]
    public async Task Codes_cannot_be_guessed_by_many_attempts()
    {
        await server.AddAsync("guessed");
        using var browser = server.Open();
        var secret = await SetUpAsync(browser, "guessed");
        using var attacker = server.Open("10.3.0.1");
        await attacker.SignInAsync("guessed");
        server.Clock.Move(TimeSpan.FromSeconds(60));
        var right = Totp.Code(secret, Totp.StepAt(server.Clock.GetUtcNow()));
        for (var i = 0; i < 5; i++)
        {
            Assert.False((await CodeAsync(attacker, "totp", right == "000000" ? "000001" : "000000")).Ok);
        }

        Assert.False((await CodeAsync(attacker, "totp", right)).Ok);
    }

    [Fact]
    public async Task Ten_recovery_codes_are_given_and_each_counts_once()
    {
        await server.AddAsync("recover");
        using var browser = server.Open();
        await SetUpAsync(browser, "recover");
        var codes = (await browser.PostAsync("/access/account/recovery-codes", new { password = AccountServer.Password })).Json["recoveryCodes"]!.AsArray().Select(c => c!.GetValue<string>()).ToList();
        Assert.Equal(10, codes.Distinct().Count());
        using var second = server.Open();
        await second.SignInAsync("recover");
        Assert.Equal("done", (await CodeAsync(second, "recovery", codes[0].ToLowerInvariant().Replace('-', ' '))).Next);
        using var third = server.Open();
        await third.SignInAsync("recover");
        Assert.False((await CodeAsync(third, "recovery", codes[0])).Ok);
        Assert.True((await CodeAsync(third, "recovery", codes[1])).Ok);
    }

    [Fact]
    public async Task An_administrator_has_to_set_up_a_second_factor_before_anything_else()
    {
        await server.AddAsync("boss", "administrator");
        using var browser = server.Open();
        Assert.Equal("enrol", (await browser.SignInAsync("boss")).Next);
        Assert.Equal("enrol", (await browser.SessionAsync())["pending"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/admin/access/users")).Status);
        var begun = await browser.PostAsync("/access/account/totp");
        var secret = Decode(begun.Json["secret"]!.GetValue<string>());
        Assert.Equal("code", (await browser.PostAsync("/access/account/totp/confirm", new { code = "12345" })).Field);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
        Assert.True((await browser.PostAsync("/access/account/totp/confirm", new { code = Totp.Code(secret, Totp.StepAt(server.Clock.GetUtcNow())) })).Ok);
        await browser.SessionAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/admin/access/users")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync("/access/account/totp/remove", new { password = AccountServer.Password })).Status);
    }

    [Fact]
    public async Task A_session_that_is_not_fresh_sets_up_no_second_factor()
    {
        await server.AddAsync("stale");
        using var browser = server.Open();
        await browser.SignInAsync("stale");
        server.Clock.Move(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await browser.PostAsync("/access/account/totp")).Status);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await browser.PostAsync("/access/account/passkeys/options")).Status);
    }

    [Fact]
    public async Task The_secret_is_encrypted_in_the_database()
    {
        var user = await server.AddAsync("encrypted");
        using var browser = server.Open();
        var secret = await SetUpAsync(browser, "encrypted");
        await using var command = server.Source.CreateCommand("select totp_secret from access.account where id = $1");
        command.Parameters.Add(new() { Value = user.Id });
        Assert.False(((byte[])(await command.ExecuteScalarAsync())!).AsSpan().IndexOf(secret) >= 0);
    }

    private async Task<byte[]> SetUpAsync(Browser browser, string userName)
    {
        Assert.Equal("done", (await browser.SignInAsync(userName)).Next);
        var begun = await browser.PostAsync("/access/account/totp");
        Assert.StartsWith("<svg", begun.Json["qrSvg"]!.GetValue<string>(), StringComparison.Ordinal);
        var secret = Decode(begun.Json["secret"]!.GetValue<string>());
        var confirmed = await browser.PostAsync("/access/account/totp/confirm", new { code = Totp.Code(secret, Totp.StepAt(server.Clock.GetUtcNow())) });
        Assert.True(confirmed.Ok, confirmed.Text);
        return secret;
    }

    private static Task<Reply> CodeAsync(Browser browser, string kind, string code) => browser.PostAsync("/access/sign-in/second-factor", new { kind, code });

    internal static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))];
    }
}
