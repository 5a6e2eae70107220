using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records;
using Salus.TestSupport;

namespace Salus.Bench.Access;

/// <summary>A record in which a header says who calls, with data that only some may see.</summary>
internal sealed class AccessBed : IAsyncDisposable
{
    public const string Header = "X-Bench-Caller";
    public const string Everybody = "everybody";
    public const string Physician = "physician";
    public const string Nurse = "nurse";
    public const int PhysiciansPatients = 500;
    public const int NursesPatients = 30;
    private const int Codes = 20;
    private readonly TestDatabase database;
    private readonly WebApplication app;
    private readonly int patients;

    private AccessBed(TestDatabase database, WebApplication app, int patients, int observations) => (this.database, this.app, this.patients, Observations) = (database, app, patients, observations);

    public int Observations { get; }

    public int Port => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>The requests, and the paths of each: only patients whom all three may see are named. The last ones are mixtures of those before.</summary>
    public IEnumerable<(string Name, string[] Paths)> Questions
    {
        get
        {
            (string Name, string[] Paths)[] single = [.. Single];
            return [.. single, ("the first six in equal parts", Mixed(single[..6])), ("all eight in equal parts", Mixed(single))];
        }
    }

    private IEnumerable<(string Name, string[] Paths)> Single =>
    [
        ("Observation/[id]", [.. Mine().SelectMany(p => Enumerable.Range(0, 10).Select(i => $"Observation/o{p + (i * patients)}"))]),
        ("Patient/[id]", [.. Mine().Select(p => $"Patient/p{p}")]),
        ("Observation?patient=&amp;_sort=-date", [.. Mine().Select(p => $"Observation?patient=p{p}&_sort=-date")]),
        ("Observation?patient=&amp;code=&amp;_include=subject", [.. Mine().Select(p => $"Observation?patient=p{p}&code=c{p % Codes}&_include=Observation:subject")]),
        ("Patient?name=, of one", [.. Mine().Select(p => $"Patient?name={Given(p)}")]),
        ("Patient?name=, of many whom not all may see", [.. Mine().Select(p => $"Patient?name=F{p}")]),
        ("Observation?code=&amp;_sort=-date", [.. Enumerable.Range(0, Codes).Select(c => $"Observation?code=c{c}&_sort=-date")]),
        ("Observation?code=", [.. Enumerable.Range(0, Codes).Select(c => $"Observation?code=c{c}")]),
    ];

    public static async Task<AccessBed> StartAsync(int patients, int observations)
    {
        var database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", database.ConnectionString), new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off")]);
        builder.Logging.ClearProviders();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Features.Set(CallerOf(http.Request.Headers[Header].ToString()));
            return next(http);
        });
        app.MapRecords();
        await app.StartAsync();
        var bed = new AccessBed(database, app, patients, observations);
        await bed.FillAsync();
        return bed;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    private static readonly Caller DoctorCaller = Of(Physician);
    private static readonly Caller NurseCaller = Of(Nurse);

    private static Caller CallerOf(string name) => name switch { Physician => DoctorCaller, Nurse => NurseCaller, _ => Caller.Local };

    // As the table of permissions has it: what is of patients by care, what is of none for all.
    private static Caller Of(string id) => new(Tenant.Default, id)
    {
        Person = $"Practitioner/{id}",
        Permit = new Permit(
            [[new Grant(Grant.AnyType, Interactions.All, new Reach.Care($"Practitioner/{id}", [])) { Clearance = Confidentiality.Restricted }, new Grant("Practitioner", Interactions.Read | Interactions.Search, Reach.All)]], []),
    };

    private static string[] Mixed((string Name, string[] Paths)[] questions) =>
        [.. Enumerable.Range(0, questions.Max(q => q.Paths.Length)).SelectMany(i => questions.Select(q => q.Paths[i % q.Paths.Length]))];

    private static IEnumerable<int> Mine() => Enumerable.Range(0, NursesPatients);

    private async Task FillAsync()
    {
        var record = app.Services.GetRequiredService<Record>();
        for (var from = 0; from < patients; from += 500)
        {
            await PostAsync(record, Enumerable.Range(from, Math.Min(500, patients - from)).SelectMany(PatientEntries));
        }

        for (var from = 0; from < Observations; from += 2000)
        {
            await PostAsync(record, Enumerable.Range(from, Math.Min(2000, Observations - from)).Select(Observation));
        }

        await using var analyze = database.Source.CreateCommand("vacuum analyze records.current, records.log, records.index_date, records.index_string");
        await analyze.ExecuteNonQueryAsync();
    }

    private static IEnumerable<string> PatientEntries(int i)
    {
        var doctor = i < PhysiciansPatients ? $$""","generalPractitioner":[{"reference":"Practitioner/{{Physician}}"}]""" : "";
        yield return Entry($"Patient/p{i}", $$"""{"resourceType":"Patient","id":"p{{i}}","name":[{"family":"F{{i}}","given":["{{Given(i)}}"]}]{{doctor}}}""");
        if (i < NursesPatients)
        {
            yield return Entry($"CareTeam/t{i}", $$$"""{"resourceType":"CareTeam","id":"t{{{i}}}","status":"active","subject":{"reference":"Patient/p{{{i}}}"},"participant":[{"member":{"reference":"Practitioner/{{{Nurse}}}"}}]}""");
        }
    }

    private string Observation(int i)
    {
        var date = new DateOnly(2020, 1, 1).AddDays(i % 2000).ToString("O", CultureInfo.InvariantCulture);
        return Entry($"Observation/o{i}", $$$"""
            {"resourceType":"Observation","id":"o{{{i}}}","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"c{{{CodeOf(i)}}}"}]},
             "subject":{"reference":"Patient/p{{{i % patients}}}"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{i % 100}}},"unit":"g","system":"http://unitsofmeasure.org","code":"g"}}
            """);
    }

    private static string Given(int patient) => string.Create(CultureInfo.InvariantCulture, $"G{patient:D5}");

    // Spread evenly over all patients and times, by Knuth's multiplicative hash: whose patient somebody is says nothing about what was observed.
    private static int CodeOf(int i) => (int)(((uint)i * 2_654_435_761u) >> 16) % Codes;

    private static string Entry(string url, string resource) => $$$"""{"resource":{{{resource}}},"request":{"method":"PUT","url":"{{{url}}}"}}""";

    private static async Task PostAsync(Record record, IEnumerable<string> entries)
    {
        var bundle = Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""");
        var answer = await record.PostBundleAsync(Caller.System, bundle, CancellationToken.None);
        if (answer.Failed(out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }
    }
}
