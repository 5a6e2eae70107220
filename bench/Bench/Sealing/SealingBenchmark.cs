using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Salus.Bench.Load;
using Salus.Bench.Processes;

namespace Salus.Bench.Sealing;

/// <summary>What sealed values cost: the same patients with an identifier that is sealed and with one that is not, in turns on one server.</summary>
internal sealed class SealingBenchmark(CommandLine options)
{
    private const string Open = "http://hospital.example/other-number";
    private const string Sealed = "http://hl7.org/fhir/sid/us-ssn";

    public static readonly string[] Options = ["--rounds", "--seconds", "--clients"];

    private readonly int rounds = (int)options.Number("--rounds", 5);
    private readonly int seconds = (int)options.Number("--seconds", 2);
    private readonly int clients = (int)options.Number("--clients", 4);

    public async Task RunAsync()
    {
        var page = new ResultPage("Sealed values", $"sealing {options.Text}".TrimEnd());
        page.Fact("Method", $"One server on an empty record, as a process of its own. Each row in turns with the one below or above it: {rounds} rounds of {seconds} s, {clients} clients; the figures are the medians of the rounds. The patients differ by the system of one identifier; its value has 11 characters, and 12 digits that no other request has. Validation is the default.");
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path);
        LoadRun.NumberFrom(TimeProvider.System.GetUtcNow());
        await StoreAsync(server.Port, "plain", Open);
        await StoreAsync(server.Port, "sealed", Sealed);
        (string Name, Workload Plain, Workload Sealed)[] pairs =
        [
            ("GET Patient/[id]", new("plain", [Shot.Get("/fhir/Patient/plain")]), new("sealed", [Shot.Get("/fhir/Patient/sealed")])),
            ("GET Patient?identifier=system\\|value", new("plain", [Shot.Get($"/fhir/Patient?identifier={Open}%7C100-20-3000-0")]), new("sealed", [Shot.Get($"/fhir/Patient?identifier={Sealed}%7C100-20-3000-0")])),
            ("POST Patient", new("plain", [Post(Open)]) { Writes = true }, new("sealed", [Post(Sealed)]) { Writes = true }),
        ];
        page.Columns("request", "none sealed /s", "one sealed /s", "ratio", "none sealed p50 ms", "one sealed p50 ms");
        foreach (var (name, plain, hidden) in pairs)
        {
            var (a, b) = await TurnsAsync(server.Port, plain, hidden);
            page.Format($"| `{name}` | {a.Rate:N0} | {b.Rate:N0} | {b.Rate / a.Rate:F2} | {a.Latency:F2} | {b.Latency:F2} |");
        }

        page.Line();
        page.Format($"In process: to look through a body of {Patient("plain", Open, "0").Length:N0} bytes for the beginning of a token, where there is none, takes {LookNanoseconds():F0} ns (median of 9 passes of 200,000); that is all that a read without sealed values pays.");
        await page.WriteAsync(options.Page("sealing.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("sealing.md")));
    }

    private async Task<((double Rate, double Latency) Plain, (double Rate, double Latency) Sealed)> TurnsAsync(int port, Workload plain, Workload hidden)
    {
        var (a, b) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round < rounds; round++)
        {
            // Who goes first takes turns too.
            foreach (var first in (bool[])[round % 2 == 0, round % 2 != 0])
            {
                var result = await new LoadRun(port, first ? plain : hidden, new LoadPlan(clients, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds)), []).RunAsync();
                if (result.Statuses.Keys.Any(s => s is not (200 or 201)))
                {
                    throw new InvalidOperationException($"Answers other than 200 and 201: {string.Join(", ", result.Statuses.Keys)}.");
                }

                (first ? a : b).Add(result);
            }
        }

        return (Median(a), Median(b));
    }

    private static (double Rate, double Latency) Median(List<LoadResult> results) =>
        (Middle(results.Select(r => r.PerSecond)), Middle(results.Select(r => r.Latencies.Percentile(0.5))));

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static double LookNanoseconds()
    {
        const int Times = 200_000;
        var body = Encoding.UTF8.GetBytes(Patient("plain", Open, "0"));
        var passes = new List<double>();
        for (var pass = 0; pass < 9; pass++)
        {
            var found = 0;
            var begin = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
            {
                found += body.AsSpan().IndexOf("\"~sealed~1~"u8) >= 0 ? 1 : 0;
            }

            passes.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Times);
            Trace.Assert(found == 0);
        }

        return Middle(passes);
    }

    private static Shot Post(string system) => Shot.Send("POST", "/fhir/Patient", Encoding.UTF8.GetBytes(Patient(null, system, Shot.NumberMark)));

    private static async Task StoreAsync(int port, string id, string system)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var body = new StringContent(Patient(id, system, "0"), Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+json"));
        using var answer = await http.PutAsync(new Uri($"http://127.0.0.1:{port}/fhir/Patient/{id}"), body);
        answer.EnsureSuccessStatusCode();
    }

    private static string Patient(string? id, string system, string number) =>
        $$"""
        {"resourceType":"Patient",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"identifier":[{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"http://hospital.example/mrn","value":"m-1"},
        {"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"SS"}]},"system":"{{system}}","value":"100-20-3000-{{number}}"}],"active":true,
        "name":[{"use":"official","family":"Fernandez","given":["Maria","Luisa"]},{"use":"maiden","family":"Sanchez"}],"telecom":[{"system":"phone","value":"555-0100","use":"home"},{"system":"email","value":"m.fernandez@example.org"}],
        "gender":"female","birthDate":"1971-03-14","address":[{"use":"home","line":["12 Long Street"],"city":"Springfield","state":"MA","postalCode":"01103","country":"US"}],
        "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]},"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"es"}]},"preferred":true}]}
        """;
}
