using System.Runtime.InteropServices;
using Confluent.Kafka;
using Salus.Kernel;

namespace Salus.Kafka;

/// <summary>The C library that Confluent.Kafka calls. It is no part of Salus (docs/adr/0021-kafka-without-its-library.md), and is loaded when a cluster is configured.</summary>
internal static class NativeLibraryFile
{
    // Its numbers are 0xMMmmrrpp. Confluent.Kafka takes older ones, under which consumers of a group were seen to hang.
    private const int Oldest = 0x020f0000;
    private const string WayOut = "Take it from the NuGet package librdkafka.redist 2.15.1, or build it by eng/get-librdkafka.sh, and name the file in Salus:Kafka:Library (docs/modules/monitoring-kafka.md).";

    /// <summary>Loads it, once for the process.</summary>
    /// <exception cref="CannotStartException">It is not there, cannot be loaded, or is too old.</exception>
    public static void Load(string? file)
    {
        if (file is { Length: > 0 } && !File.Exists(file))
        {
            throw new CannotStartException($"Salus:Kafka:Library names {Path.GetFullPath(file)}, which is not there. {WayOut}");
        }

        try
        {
            if (!Library.IsLoaded)
            {
                Name(file);
                Library.Load();
            }
        }
        catch (Exception e) when (e is DllNotFoundException or InvalidOperationException or BadImageFormatException or EntryPointNotFoundException or FileLoadException or TypeInitializationException)
        {
            throw new CannotStartException($"Salus:Kafka:BootstrapServers is set, and the C library librdkafka cannot be loaded{(file is { Length: > 0 } ? $" from {Path.GetFullPath(file)}" : "")}: {e.Message.ReplaceLineEndings(" ")} {WayOut}", e);
        }

        if (Library.Version < Oldest)
        {
            throw new CannotStartException($"The C library librdkafka that was found is version {Library.VersionString}; Salus needs 2.15. {WayOut}");
        }
    }

    // Confluent.Kafka's own way to a file (Library.Load(path)) calls dlopen of libdl.so, which a glibc since 2.34 has only for compilers.
    private static void Name(string? file)
    {
        if (file is { Length: > 0 })
        {
            var handle = NativeLibrary.Load(Path.GetFullPath(file));
            NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) => name == "librdkafka" ? handle : 0);
        }
    }
}
