using System.CommandLine;
using System.CommandLine.Parsing;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary><c>salus simulate</c>: with <c>--beds</c> the streams of bedside monitors, sent to a server; with <c>--resources</c> a made-up record as NDJSON.</summary>
internal static class SimulateCommand
{
    private const int MostDrawn = 1000;

    public static Command Build()
    {
        var beds = Number(new Option<int?>("--beds") { Description = "Streams: how many patients are measured, 1 to 60,000. Those who lie in a bed of the record and are on no other device come first; the others are made, in 'Simulated ward'." }, 1, 60_000);
        var rate = Number(new Option<double?>("--rate") { Description = "Streams: values a second of each metric that is measured all the time. Default: 1." }, 0.001, 500);
        var speed = Number(new Option<double?>("--speed") { Description = "Streams: how much faster the patients live than the clock goes; values bear the time of the clock. Default: 1." }, 0.001, 10_000);
        var scenario = new Option<string?>("--scenario") { Description = $"Streams: what happens to those who fall ill: {string.Join(", ", BedsideStreams.Scenarios)}. Default: {BedsideStreams.Calm}." };
        scenario.Validators.Add(result => Check(result, BedsideStreams.Scenarios.Contains(result.GetValueOrDefault<string?>() ?? ""), $"--scenario takes one of {string.Join(", ", BedsideStreams.Scenarios)}."));
        var ill = Number(new Option<int?>("--ill") { Description = "Streams: how many fall ill. Default: one in ten, one at least." }, 0, 60_000);
        var duration = Number(new Option<double?>("--duration") { Description = "Streams: for how many seconds. Default: until Ctrl-C." }, 0.001, 1e9);
        var server = new Option<string?>("--server") { Description = "Streams: address of the server, such as http://127.0.0.1:8080. Default: the one that runs on the data folder." };
        var data = new Option<string?>("--data") { Description = "Streams: the data folder of the server. Default: as for serve." };
        var token = new Option<string?>("--token") { Description = "Streams: a bearer token for --server; better in the environment, as SALUS_TOKEN. The server on the data folder needs none." };
        var json = new Option<bool>("--json") { Description = "Streams: send JSON instead of the binary form." };
        var waveforms = new Option<bool>("--waveforms") { Description = "Streams: send curves too, an ECG of 250 and a plethysmogram of 125 samples a second of each bed." };
        var resources = Number(new Option<long?>("--resources") { Description = "Record: how many resources. A greater record begins with the smaller one of the same seed." }, 0, long.MaxValue);
        var skip = Number(new Option<long?>("--skip") { Description = "Record: leave out that many at the beginning: those that a record has already. Default: 0." }, 0, long.MaxValue);
        var output = new Option<string?>("--out") { Description = "Record: the file; compressed when it ends with .gz. Default: -, the standard output." };
        var seed = new Option<int>("--seed") { Description = "Another number is another ward, or another record. Default: 1.", DefaultValueFactory = _ => 1 };
        Option[] ofStreams = [rate, speed, scenario, ill, duration, server, data, token, json, waveforms];
        Option[] ofRecord = [skip, output];
        var command = new Command(
            "simulate",
            """
            Makes up data, in one of two forms.

            Streams: salus simulate --beds 60 --rate 1 --speed 10 --scenario sepsis
              measures patients who do not exist with bedside monitors that do not exist, and sends that to a running server until Ctrl-C.
            Record: salus simulate --resources 100000 --out made-up.ndjson
              writes a record of any size as NDJSON: patients with visits, measurements, orders.
            """)
        { beds, rate, speed, scenario, ill, duration, server, data, token, json, waveforms, resources, skip, output, seed };
        // A tick is one body, and a second of curves is some hundred times as large as its values.
        command.Validators.Add(result =>
        {
            if (result.GetValue(waveforms) && (result.GetValue(beds) > MostDrawn || result.GetValue(rate) < 1))
            {
                result.AddError($"--waveforms takes up to {MostDrawn} beds, and no --rate below 1.");
            }
        });
        command.Validators.Add(result => OneForm(result, (beds, ofStreams), (resources, ofRecord)));
        command.SetAction((parsed, stop) => parsed.GetValue(beds) is { } count
            ? SimulateStreams.RunAsync(
                new StreamPlan(
                    count, parsed.GetValue(rate) ?? 1, parsed.GetValue(speed) ?? 1, parsed.GetValue(scenario) ?? BedsideStreams.Calm, parsed.GetValue(ill), parsed.GetValue(seed), parsed.GetValue(json),
                    parsed.GetValue(duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
                {
                    Waveforms = parsed.GetValue(waveforms),
                },
                parsed.GetValue(server), parsed.GetValue(data), parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("SALUS_TOKEN"), stop)
            : Task.FromResult(SimulateRecord.Run(
                new ScaleRecord(parsed.GetValue(seed)), parsed.GetValue(output) ?? "-", parsed.GetValue(skip) ?? 0, parsed.GetValue(resources)!.Value, stop)));
        return command;
    }

    // Exactly one of the two leading options, and none of the other's.
    private static void OneForm(CommandResult result, (Option Leading, Option[] Others) streams, (Option Leading, Option[] Others) record)
    {
        var (wantsStreams, wantsRecord) = (result.GetResult(streams.Leading) is not null, result.GetResult(record.Leading) is not null);
        if (wantsStreams == wantsRecord)
        {
            result.AddError("salus simulate takes either --beds (streams of monitors, sent to a server) or --resources (a record as NDJSON).");
            return;
        }

        var (own, strange) = wantsStreams ? (streams, record) : (record, streams);
        foreach (var option in strange.Others.Where(o => result.GetResult(o) is { Implicit: false }))
        {
            result.AddError($"{option.Name} does not go with {own.Leading.Name}.");
        }
    }

    private static Option<T?> Number<T>(Option<T?> option, T low, T high)
        where T : struct, IComparable<T>
    {
        option.Validators.Add(result => Check(
            result, result.GetValueOrDefault<T?>() is not { } value || (value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0),
            high is long.MaxValue ? $"{option.Name} cannot be negative." : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{option.Name} takes {low} to {high}.")));
        return option;
    }

    private static void Check(OptionResult result, bool good, string problem)
    {
        if (!good)
        {
            result.AddError(problem);
        }
    }
}
