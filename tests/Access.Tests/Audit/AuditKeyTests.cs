using Microsoft.Extensions.Options;
using Salus.Access.Audit;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Audit;

public sealed class AuditKeyTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_made_once_for_this_account_alone()
    {
        var made = Key().Value;
        Assert.Equal(32, made.Length);
        Assert.Equal(made, Key().Value);
        Assert.Equal(folder["audit/key"], Assert.Single(Directory.EnumerateFileSystemEntries(folder["audit"])));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["audit/key"]));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["audit"]));
        }
    }

    [Fact]
    public void One_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var id = Key().Id;
        File.SetUnixFileMode(folder["audit/key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains($"chmod 600 {folder["audit/key"]}", Assert.Throws<CannotStartException>(() => Key().Value).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(folder["audit/key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(id, Key().Id);
    }

    [Fact]
    public void One_that_is_no_key_is_refused_with_its_file()
    {
        PrivateFolder.Make(folder["audit"]);
        PrivateFile.Replace(folder["audit/key"], "abc"u8);
        Assert.Contains(folder["audit/key"], Assert.Throws<CannotStartException>(() => Key().Value).Message, StringComparison.Ordinal);
    }

    private AuditKey Key()
    {
        var options = new KernelOptions { Data = folder["data"] };
        return new AuditKey(new Database(options), options, Options.Create(new AccessOptions { AuditFolder = folder["audit"] }));
    }
}
