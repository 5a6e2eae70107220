using System.Globalization;
using Salus.Bench.Processes;
using Salus.Simulation;

namespace Salus.Bench.Http;

/// <summary>A generated record in a data folder, imported by <c>salus import</c>; remembers how far it is, so that a kept folder grows instead of beginning anew.</summary>
internal sealed class Store(StoreFolder folder, ScaleRecord record)
{
    // How much of the record is on disk as a file at a time.
    private const long Portion = 1_000_000;

    private string Mark => folder["bench-resources"];

    public ScaleRecord Record => record;

    public string Folder => folder.Path;

    /// <summary>How many resources of the record are in.</summary>
    public long Resources => File.Exists(Mark) ? long.Parse(File.ReadAllText(Mark), CultureInfo.InvariantCulture) : 0;

    /// <summary>Imports what is missing up to that size; gives one run for each portion, none when it is all there.</summary>
    public async Task<IReadOnlyList<ImportRun>> GrowAsync(long resources)
    {
        var runs = new List<ImportRun>();
        if (Resources > resources)
        {
            throw new ArgumentException($"{folder.Path} holds {Resources} resources already, more than {resources}.");
        }

        while (Resources < resources)
        {
            var first = Resources;
            var count = Math.Min(Portion, resources - first);
            var file = folder[$"bench-{first}.ndjson"];
            await using (var output = File.Create(file, 1))
            {
                record.Write(output, first, count);
            }

            runs.Add(await ImportProcess.RunAsync(folder.Path, file));
            File.Delete(file);
            Directory.Delete(folder["bench-state"], recursive: true);
            await File.WriteAllTextAsync(Mark, (first + count).ToString(CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"imported {first + count:N0}: {runs[^1].PerSecond:N0} resources/s"));
        }

        return runs;
    }
}
