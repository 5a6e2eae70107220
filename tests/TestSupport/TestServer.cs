using Salus.Kernel;

namespace Salus.TestSupport;

/// <summary>
/// One embedded PostgreSQL for the test process, with durability off: it is thrown away. Ends with the process, however that ends,
/// and its folder goes too.
/// </summary>
internal static class TestServer
{
    // A test may stop its server and start it again: a free lock alone does not mean that nobody is there.
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);
    private static readonly Lazy<Task<Database>> Started = new(StartAsync);

    public static Task<Database> GetAsync() => Started.Value;

    private static async Task<Database> StartAsync()
    {
        RemoveLeftovers();
        var folder = new TestFolder();
        var options = new KernelOptions { Data = folder["data"], PoolSize = 4, AllowDataLoss = true };
        foreach (var (name, value) in new[] { ("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"), ("shared_buffers", "128MB"), ("max_connections", "200") })
        {
            options.PostgresSettings[name] = value;
        }

        var database = new Database(options);
        await database.StartAsync();
        Janitor.Watch(folder);
        return database;
    }

    // Folders of test processes that were killed: nobody holds their lock any more.
    private static void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), TestFolder.Prefix + "*"))
        {
            var held = Path.Combine(folder, "data", "salus.lock");
            try
            {
                if (File.Exists(held) && TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(held) > Old)
                {
                    File.OpenHandle(held, share: FileShare.None, access: FileAccess.ReadWrite).Dispose();
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's, or still in use.
            }
        }
    }
}
