using System.Text;
using Microsoft.Extensions.Configuration;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class SecretTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_secret_comes_from_the_setting_or_trimmed_from_a_file()
    {
        PrivateFile.Replace(folder["secret"], Encoding.UTF8.GetBytes(" s3cret \r\n"));
        Assert.Equal("s3cret", SecretText.Read("Salus:X", "s3cret", null));
        Assert.Equal("s3cret", SecretText.Read("Salus:X", null, folder["secret"]));
        Assert.Null(SecretText.Read("Salus:X", "", ""));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["secret"]));
        }
    }

    [Fact]
    public void A_secret_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.WriteAllText(folder["open"], "s3cret");
        File.SetUnixFileMode(folder["open"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var refused = Assert.Throws<CannotStartException>(() => SecretText.Read("Salus:X", null, folder["open"]));
        Assert.StartsWith("Salus:XFile names ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod o-rw", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sources_a_missing_file_and_an_empty_one_are_refused_by_name()
    {
        PrivateFile.Replace(folder["empty"], "\n"u8);
        Assert.Contains("both set", Refused("s3cret", folder["empty"]), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refused(null, folder["none"]), StringComparison.Ordinal);
        Assert.Contains("is empty", Refused(null, folder["empty"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_file_is_made_once()
    {
        Assert.True(PrivateFile.TryCreate(folder["one"], "first"u8));
        Assert.False(PrivateFile.TryCreate(folder["one"], "second"u8));
        Assert.Equal("first", File.ReadAllText(folder["one"]));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void What_others_may_do_with_a_file_is_told_and_one_that_is_too_large_is_not_read()
    {
        PrivateFile.Replace(folder["large"], new byte[(1024 * 1024) + 1]);
        Assert.Throws<IOException>(() => PrivateFile.Read(folder["large"], out _));
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        PrivateFile.Replace(folder["key"], "k"u8);
        Assert.Equal("k"u8.ToArray(), PrivateFile.Read(folder["key"], out var open));
        Assert.Equal(UnixFileMode.None, open);
        // Its group may read it: that is how orchestrators hand secrets over.
        File.SetUnixFileMode(folder["key"], UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead);
        PrivateFile.Read(folder["key"], out open);
        Assert.Equal(UnixFileMode.GroupWrite | UnixFileMode.OtherRead, open);
    }

    [Fact]
    public void A_folder_for_keys_is_closed_and_an_old_open_one_is_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var log = new CapturedLog();
        PrivateFolder.Make(folder["keys"]);
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(folder["keys"]));
        PrivateFolder.Watch(folder["keys"], log);
        PrivateFolder.Watch(folder["none"], log);
        File.SetUnixFileMode(folder["keys"], (UnixFileMode)Convert.ToInt32("711", 8));
        PrivateFolder.Watch(folder["keys"], log, passable: true);
        Assert.Empty(log.Lines);

        PrivateFolder.Watch(folder["keys"], log);
        Assert.Contains($"{folder["keys"]} holds keys and is open to every account of this machine (mode 711). Close it: chmod o-rwx", Assert.Single(log.Lines), StringComparison.Ordinal);
        File.SetUnixFileMode(folder["keys"], (UnixFileMode)Convert.ToInt32("755", 8));
        PrivateFolder.Watch(folder["keys"], log, passable: true);
        Assert.Contains("chmod o-rw ", log.Lines.Last(), StringComparison.Ordinal);
        PrivateFolder.Make(folder["keys"]);
        Assert.Equal(Convert.ToInt32("755", 8), (int)File.GetUnixFileMode(folder["keys"]));
    }

    [Fact]
    public void A_wrong_value_of_a_secret_is_not_shown()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Salus:Pin", "123456")]).Build();
        var refused = Assert.Throws<CannotStartException>(() => ConfiguredOptions.Read<WithSecret>(configuration, "Salus"));
        Assert.Contains("Salus:Pin is '(not shown)'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("123456", refused.Message, StringComparison.Ordinal);
    }

    private static string Refused(string? value, string? file)
    {
        var message = Assert.Throws<CannotStartException>(() => SecretText.Read("Salus:X", value, file)).Message;
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        return message;
    }

    private sealed class WithSecret
    {
        [Secret]
        [System.ComponentModel.DataAnnotations.StringLength(4)]
        public string? Pin { get; set; }
    }
}
