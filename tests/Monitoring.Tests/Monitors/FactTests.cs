using System.Text;
using Salus.Kernel;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>What the record says of a patient reaches the scores, and leaves them again.</summary>
public sealed class FactTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private TestDatabase database = null!;
    private FactTable table = null!;
    private FactBook book = null!;
    private long position;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("monitoring", typeof(MonitoringModule).Assembly));
        table = new(database.Database, TimeProvider.System);
        book = new(table);
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    public void Dispose() => book.Dispose();

    [Fact]
    public async Task A_patient_is_not_known_until_read_and_then_is_even_if_the_record_says_nothing()
    {
        Assert.Null(book.Of(Tenant.Default, "p1"));
        Assert.True(await book.RefreshAsync(default));
        Assert.Equal((null, false, 1, null, 0), Shown(book.Of(Tenant.Default, "p1")!));
    }

    [Theory]
    [InlineData("1980-05-06", "1980-05-06")]
    [InlineData("1980-05", "1980-05-01")]
    [InlineData("1980", "1980-01-01")]
    public async Task The_birth_date_is_the_first_day_that_it_can_be(string written, string first)
    {
        await TellAsync("Patient", "p1", $$"""{"birthDate":"{{written}}"}""");
        Assert.Equal(first, (await OfAsync("p1")).BirthDate!.Value.ToString("yyyy-MM-dd"));
    }

    [Theory]
    [InlineData("777-3", 90, "10*3/uL", Lab.Platelets, 90_000)]
    [InlineData("26515-7", 90, "10*9/L", Lab.Platelets, 90_000)]
    [InlineData("1975-2", 2.1, "mg/dL", Lab.Bilirubin, 2100)]
    [InlineData("14631-6", 35, "umol/L", Lab.Bilirubin, 2046)]
    [InlineData("14682-9", 177, "umol/L", Lab.Creatinine, 2002)]
    [InlineData("6690-2", 12.5, "10*3/uL", Lab.Leukocytes, 12_500)]
    [InlineData("764-1", 11, "%", Lab.Bands, 11_000)]
    [InlineData("2703-7", 10, "kPa", Lab.ArterialOxygen, 75_006)]
    [InlineData("2019-8", 31, "mm[Hg]", Lab.ArterialCarbonDioxide, 31_000)]
    public async Task Laboratory_values_come_in_the_unit_of_the_score(string loinc, decimal value, string unit, object lab, int thousandths)
    {
        await TellAsync("Observation", "o1", Observation(loinc, $$"""{"value":{{value}},"code":"{{unit}}"}"""));
        Assert.Equal(thousandths, (await OfAsync("p1")).Labs[(Lab)lab].Value);
    }

    [Theory]
    [InlineData("1975-2", """{"value":2,"code":"mm[Hg]"}""")]
    [InlineData("777-3", """{"value":2,"code":"mg/dL"}""")]
    [InlineData("777-3", """{"value":2}""")]
    [InlineData("777-3", """{"code":"10*9/L"}""")]
    [InlineData("8867-4", """{"value":70,"code":"/min"}""")]
    public async Task What_cannot_be_used_is_no_fact(string loinc, string quantity)
    {
        await TellAsync("Observation", "o1", Observation(loinc, quantity));
        Assert.Empty((await OfAsync("p1")).Labs);
    }

    [Fact]
    public async Task The_newest_value_counts_and_the_one_before_when_it_was_an_error()
    {
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":150,"code":"10*9/L"}""", hours: 5));
        await TellAsync("Observation", "o2", Observation("777-3", """{"value":80,"code":"10*9/L"}"""));
        Assert.Equal(80_000, (await OfAsync("p1")).Labs[Lab.Platelets].Value);
        await TellAsync("Observation", "o2", Observation("777-3", """{"value":80,"code":"10*9/L"}""", status: "entered-in-error"));
        Assert.Equal(150_000, (await OfAsync("p1")).Labs[Lab.Platelets].Value);
        await TellAsync("Observation", "o1", null);
        Assert.Empty((await OfAsync("p1")).Labs);
    }

    [Fact]
    public async Task A_value_that_was_another_patients_leaves_the_one_and_comes_to_the_other()
    {
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":80,"code":"10*9/L"}"""));
        await OfAsync("p1");
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":80,"code":"10*9/L"}""", patient: "p2"));
        Assert.Empty((await OfAsync("p1")).Labs);
        Assert.Single((await OfAsync("p2")).Labs);
    }

    [Fact]
    public async Task Old_laboratory_values_are_not_kept()
    {
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":80,"code":"10*9/L"}""", hours: 24 * 4));
        await using var count = database.Source.CreateCommand("select count(*) from monitoring.fact");
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("77386006", true)]
    [InlineData("LA15173-0", true)]
    [InlineData("60001007", false)]
    public async Task Pregnancy_is_the_newest_pregnancy_status(string answer, bool pregnant)
    {
        await TellAsync("Observation", "o1", Status(answer == "60001007" ? "77386006" : "60001007", 3));
        await TellAsync("Observation", "o2", Status(answer, 1));
        Assert.Equal(pregnant, (await OfAsync("p1")).Pregnant);
    }

    [Fact]
    public async Task A_pregnancy_of_a_year_ago_is_over()
    {
        await TellAsync("Observation", "o1", Status("77386006", 24 * 365));
        Assert.False((await OfAsync("p1")).Pregnant);
    }

    [Fact]
    public async Task A_flag_asks_for_scale_2_and_what_is_set_here_comes_before_it()
    {
        await TellAsync("Flag", "f1", """{"status":"active","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"urn:salus:monitoring","code":"spo2-scale-2"}]}}""");
        Assert.Equal(2, (await OfAsync("p1")).Spo2Scale);
        await table.SetAsync(Tenant.Default, "p1", [(FactKind.SetScale, 1), (FactKind.SetOxygen, 1)], _ => { }, default);
        Assert.Equal((null, false, 1, true, 0), Shown(await OfAsync("p1")));
        await table.SetAsync(Tenant.Default, "p1", [(FactKind.SetScale, null), (FactKind.SetOxygen, null)], _ => { }, default);
        Assert.Equal((null, false, 2, null, 0), Shown(await OfAsync("p1")));
        await TellAsync("Flag", "f1", """{"status":"inactive","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"urn:salus:monitoring","code":"spo2-scale-2"}]}}""");
        Assert.Equal(1, (await OfAsync("p1")).Spo2Scale);
    }

    [Fact]
    public async Task What_no_validation_looked_at_holds_up_nothing()
    {
        await TellAsync("Patient", "p1", """{"birthDate":7}""");
        await TellAsync("Flag", "f1", """{"status":"active","subject":[],"code":7}""");
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":"80","code":"10*9/L"}"""));
        await TellAsync("Observation", "o2", Observation("777-3", $"""{"{"}"value":80,"code":"10*9/L","extension":{new string('[', 100)}{new string(']', 100)}{"}"}"""));
        Assert.Equal((null, false, 1, null, 1), Shown(await OfAsync("p1")));
    }

    [Fact]
    public async Task Tenants_are_apart()
    {
        await TellAsync("Patient", "p1", """{"birthDate":"1980-05-06"}""", tenant: 2);
        Assert.Null((await OfAsync("p1")).BirthDate);
    }

    [Fact]
    public async Task The_same_events_may_come_again()
    {
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":80,"code":"10*9/L"}"""));
        var version = await VersionAsync();
        await TellAsync("Observation", "o1", Observation("777-3", """{"value":80,"code":"10*9/L"}"""));
        Assert.Equal(version, await VersionAsync());
        Assert.Single((await OfAsync("p1")).Labs);
    }

    private async Task<int> VersionAsync()
    {
        await OfAsync("p1");
        return book.Version;
    }

    private static (DateOnly?, bool, int, bool?, int) Shown(PatientFacts facts) => (facts.BirthDate, facts.Pregnant, facts.Spo2Scale, facts.Oxygen, facts.Labs.Count);

    private static string Observation(string loinc, string quantity, int hours = 2, string status = "final", string patient = "p1") =>
        $$$"""{"status":"{{{status}}}","subject":{"reference":"Patient/{{{patient}}}"},"effectiveDateTime":"{{{Now.AddHours(-hours):O}}}","code":{"coding":[{"system":"http://loinc.org","code":"{{{loinc}}}"}]},"valueQuantity":{{{quantity}}} }""";

    private static string Status(string answer, int hours) =>
        $$$"""{"status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"{{{Now.AddHours(-hours):O}}}","code":{"coding":[{"system":"http://loinc.org","code":"82810-3"}]},"valueCodeableConcept":{"coding":[{"code":"{{{answer}}}"}]}}""";

    private async Task<PatientFacts> OfAsync(string patient)
    {
        book.Of(Tenant.Default, patient);
        await book.RefreshAsync(default);
        return book.Of(Tenant.Default, patient)!;
    }

    private async Task TellAsync(string type, string id, string? body, int tenant = 1)
    {
        var change = new FeedEvent(++position, new Tenant(tenant), type, id, 1, body is null ? FeedOperation.Delete : FeedOperation.Update, Now, body is null ? default : Encoding.UTF8.GetBytes(body));
        await using var connection = await database.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new FactFeed(book, TimeProvider.System).HandleAsync([change], connection, transaction, default);
        await transaction.CommitAsync();
    }
}
