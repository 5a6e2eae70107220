using System.Text;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus import</c> when things go wrong around it.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_record_that_cannot_be_opened_is_said_in_one_line()
    {
        var source = Patients(1);
        await File.WriteAllTextAsync(folder["data"], "not a folder");
        using var salus = SalusProcess.Start(["import", source, "--data", folder["data"], "--state", folder["state"]]);
        await salus.RefusedAsync(folder["data"]);
        using var away = SalusProcess.Start(["import", source, "--state", folder["state"]], ("Salus__Postgres", "Host=127.0.0.1;Port=1;Username=nobody"), ("Salus__Data", folder["other"]));
        await away.RefusedAsync("127.0.0.1");
    }

    [Fact]
    public async Task An_import_whose_data_folder_is_deleted_ends_and_says_so()
    {
        using var salus = SalusProcess.Start(["import", Patients(200_000), "--data", folder["data"], "--state", folder["state"]]);
        // Parts of it are noted as stored: it is in the middle. The first start of a PostgreSQL on a cold machine is before that.
        await Eventually.TrueAsync(() => Directory.Exists(folder["state"]) && Directory.GetFiles(folder["state"]).Sum(f => new FileInfo(f).Length) > 2_000, 120);
        // PostgreSQL writes new files into what is being deleted.
        await Eventually.TrueAsync(Deleted);
        Assert.Equal(1, await salus.EndAsync());
        Assert.Contains("are gone: they were deleted while the import was running", $"{salus.Output()}\n{string.Join('\n', salus.Errors)}", StringComparison.Ordinal);
    }

    private bool Deleted()
    {
        try
        {
            Directory.Delete(folder["data"], recursive: true);
        }
        catch (IOException)
        {
            // Tried again.
        }

        return !Directory.Exists(folder["data"]);
    }

    private string Patients(int count)
    {
        var path = folder["patients.ndjson"];
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        for (var i = 0; i < count; i++)
        {
            writer.Write($$"""{"resourceType":"Patient","id":"p{{i}}","name":[{"family":"Family{{i}}"}]}""");
            writer.Write('\n');
        }

        return path;
    }
}
