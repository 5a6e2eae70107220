using System.Runtime.InteropServices;

namespace Salus.Kafka.Tests.Support;

/// <summary>
/// librdkafka's own mock of a Kafka cluster (rdkafka_mock.h), of one broker, in this process; others reach it over TCP. It knows groups, offsets, idempotent producers; it keeps about
/// 5 MB of a partition, and nothing that it says of transactions is to be trusted.
/// </summary>
public sealed partial class MockCluster : IDisposable
{
    private const string Native = "librdkafka";
    private const short OffsetCommit = 8;
    private const int NotAvailable = 15;
    private const int Producer = 0;

    private readonly nint handle;
    private readonly nint cluster;

    static MockCluster() => NativeLibrary.SetDllImportResolver(
        typeof(MockCluster).Assembly, (name, _, _) => name == Native ? NativeLibrary.Load(MockLibrary.File ?? throw new InvalidOperationException("librdkafka is missing: eng/get-librdkafka.sh builds it.")) : 0);

    public MockCluster(params (string Topic, int Partitions)[] topics)
    {
        Library = MockLibrary.File ?? throw new InvalidOperationException("librdkafka is missing: eng/get-librdkafka.sh builds it.");
        NativeLibraryFile.Load(Library);
        handle = rd_kafka_new(Producer, rd_kafka_conf_new(), 0, 0);
        cluster = rd_kafka_mock_cluster_new(handle, 1);
        Bootstrap = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(cluster))!;
        rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
        foreach (var (topic, partitions) in topics)
        {
            Check(rd_kafka_mock_topic_create(cluster, topic, partitions, 1));
        }
    }

    public string Library { get; }

    public string Bootstrap { get; }

    /// <summary>Ends all connections and takes none.</summary>
    public void GoAway() => Check(rd_kafka_mock_broker_set_down(cluster, 1));

    public void ComeBack() => Check(rd_kafka_mock_broker_set_up(cluster, 1));

    /// <summary>Commits of offsets fail from now on, as if their coordinator were moving.</summary>
    public void RefuseCommits() => rd_kafka_mock_push_request_errors_array(cluster, OffsetCommit, 10_000, [.. Enumerable.Repeat(NotAvailable, 10_000)]);

    public void AllowCommits() => rd_kafka_mock_clear_request_errors(cluster, OffsetCommit);

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(handle);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The mock cluster refused: error {error} of librdkafka.");
        }
    }

    [LibraryImport(Native)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(Native)]
    private static partial nint rd_kafka_new(int type, nint configuration, nint error, nuint size);

    [LibraryImport(Native)]
    private static partial void rd_kafka_destroy(nint handle);

    [LibraryImport(Native)]
    private static partial nint rd_kafka_mock_cluster_new(nint handle, int brokers);

    [LibraryImport(Native)]
    private static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Native)]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Native)]
    private static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

    [LibraryImport(Native, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Native)]
    private static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Native)]
    private static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(Native)]
    private static partial void rd_kafka_mock_push_request_errors_array(nint cluster, short key, nuint count, int[] errors);

    [LibraryImport(Native)]
    private static partial void rd_kafka_mock_clear_request_errors(nint cluster, short key);
}
