using System.Globalization;
using Salus.Bench.Corpus;
using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>What was measured at one size of the record.</summary>
internal sealed record Stage(
    long Resources, string Load, Dictionary<Layout, List<BatchCost>> Import, Dictionary<Layout, DiskUse> Disk, List<Searches> Searches);

/// <summary>A table of searches that were asked under the same conditions.</summary>
internal sealed record Searches(string Conditions, List<(Question Question, Dictionary<Layout, SearchCost> Costs)> Asked);

/// <summary>Loads all layouts with the same resources and measures them at about 100,000 resources and at the end.</summary>
internal sealed class LayoutComparison(Arguments arguments, Bed bed)
{
    private const int BatchSize = 500;
    private const int Replaced = 1000;

    private readonly ImportTimes import = new(bed);
    private readonly Questions questions = new();
    private readonly PreparedResources corpus = new(bed.Preparation);
    private readonly List<Sample> samples = [];
    private readonly Random random = new(7);
    private List<PendingWrite> waiting = [];
    private int seen;

    public static async Task RunAsync(Arguments arguments)
    {
        await using var bed = await Bed.MakeAsync(arguments.Layouts);
        await new LayoutComparison(arguments, bed).RunAsync();
    }

    private async Task RunAsync()
    {
        var (started, load) = (TimeProvider.System.GetUtcNow(), Machine.Load);
        var stages = new List<Stage>();
        await StoreAsync(corpus.StaffAsync(SyntheaBundles.Staff(arguments.Data)), 0);
        for (var copy = 0; copy < arguments.Copies; copy++)
        {
            await StoreAsync(corpus.PatientsAsync(SyntheaBundles.Patients(arguments.Data), copy), copy);
            Say($"copy {copy + 1} of {arguments.Copies}: {import.Resources} resources in each layout, load {Machine.Load}");
            if (copy + 1 == Math.Min(3, arguments.Copies) || copy + 1 == arguments.Copies)
            {
                await FlushAsync(copy);
                stages.Add(await MeasureAsync());
            }
        }

        var updates = new List<Dictionary<Layout, BatchCost>>();
        foreach (var group in samples.Chunk(100))
        {
            updates.Add(await import.ReplaceAsync(group, version: 1));
        }

        var page = LayoutPage.Write(bed, Environment.GetCommandLineArgs()[1..], started, load, stages, updates, import.Hashing.TotalMicroseconds / stages[^1].Resources);
        Directory.CreateDirectory(arguments.Results);
        await File.WriteAllTextAsync(Path.Combine(arguments.Results, arguments.Page), page);
        Say(page);
    }

    private async Task StoreAsync(IAsyncEnumerable<PendingWrite> resources, int copy)
    {
        await foreach (var write in resources)
        {
            waiting.Add(write);
            if (waiting.Count == BatchSize)
            {
                await FlushAsync(copy);
            }
        }
    }

    private async Task FlushAsync(int copy)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        var first = await import.AddAsync(waiting);
        for (var i = 0; i < waiting.Count; i++)
        {
            questions.Learn(waiting[i]);
            Keep(new Sample(first + i, waiting[i], copy));
        }

        waiting = [];
    }

    // Spread evenly over everything that is stored.
    private void Keep(Sample sample)
    {
        if (samples.Count < Replaced)
        {
            samples.Add(sample);
        }
        else if (random.Next(seen + 1) is var place and < Replaced)
        {
            samples[place] = sample;
        }

        seen++;
    }

    private async Task<Stage> MeasureAsync()
    {
        var all = questions.All();
        foreach (var layout in bed.Layouts)
        {
            await DiskUse.TendAsync(bed, layout, "analyze");
        }

        // The pending lists of GIN are as full as the import left them.
        var searches = new List<Searches> { await AskAsync("analyzed, not yet vacuumed; planned for the values", "force_custom_plan", [all[0], all[1]]) };
        var disk = new Dictionary<Layout, DiskUse>();
        foreach (var layout in bed.Layouts)
        {
            disk[layout] = await DiskUse.MeasureAsync(bed, layout);
        }

        searches.Add(await AskAsync("vacuumed and analyzed; planned for the values (`plan_cache_mode = force_custom_plan`)", "force_custom_plan", all));
        if (import.Resources < 150_000)
        {
            searches.Add(await AskAsync("vacuumed and analyzed; prepared statements as the pool has them (`plan_cache_mode = auto`: one plan for all values if it seems no dearer)", "auto", all));
        }

        return new Stage(import.Resources, Machine.Load, import.Costs.ToDictionary(c => c.Key, c => c.Value.ToList()), disk, searches);
    }

    private async Task<Searches> AskAsync(string conditions, string planCacheMode, IReadOnlyList<Question> questions)
    {
        await using (var set = new Npgsql.NpgsqlCommand($"set plan_cache_mode = {planCacheMode}", bed.Connection))
        {
            await set.ExecuteNonQueryAsync();
        }

        var asked = new List<(Question, Dictionary<Layout, SearchCost>)>();
        foreach (var question in questions)
        {
            var costs = await new SearchTimes(bed).AskAsync(question);
            asked.Add((question, costs));
            Say($"{question.Name}: " + string.Join(", ", costs.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key.Name} {c.Value.Wall.Median():F2} ms"))));
            if (arguments.Explain)
            {
                Say(await new SearchTimes(bed).ExplainAsync(question));
            }
        }

        return new Searches(conditions, asked);
    }

    private static void Say(string text) => Console.WriteLine(text);
}
