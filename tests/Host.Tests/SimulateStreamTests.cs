using System.Text.Json.Nodes;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus simulate --beds</c> against a served Salus, and the simulated monitors of the demo hospital.</summary>
public sealed class SimulateStreamTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Sepsis_raises_the_alert_of_a_high_score_and_a_second_run_makes_nothing_twice()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        // 16 s are 6 hours: NEWS2 reaches 7 within 5.
        var said = await SimulateAsync(0, "--beds", "4", "--ill", "1", "--scenario", "sepsis", "--rate", "2", "--speed", "1400", "--duration", "16", "--data", folder["data"]);
        Assert.Contains("0 patients of the record, 4 made ones", said, StringComparison.Ordinal);
        Assert.Contains("1 with sepsis: simulated-patient-001", said, StringComparison.Ordinal);
        Assert.Contains(" 0 duplicates, 0 rejected, 0 unanswered", said, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await AlertsAsync(salus, "simulated-patient-001")).Contains("news2-high"), 60, salus.Output);
        Assert.DoesNotContain("news2-high", await AlertsAsync(salus, "simulated-patient-002"));
        var state = (await salus.JsonAsync("/monitoring/patients/simulated-patient-001"))["state"]!;
        Assert.All(state["readings"]!.AsArray(), r => Assert.Contains("simulated", r!["flags"]!.AsArray().Select(f => (string)f!)));

        var ward = await salus.JsonAsync("/monitoring/wards/simulated-ward");
        Assert.Equal(4, ward["beds"]!.AsArray().Count(b => b!["state"] is not null));

        await SimulateAsync(0, "--beds", "5", "--json", "--duration", "2", "--data", folder["data"]);
        Assert.Equal((5, 5, 5), (await CountAsync(salus, "Device"), await CountAsync(salus, "DeviceUseStatement"), await CountAsync(salus, "Patient")));
    }

    [Fact]
    public async Task Curves_are_sent_and_read_and_a_model_scores_the_patient()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        foreach (var form in (string[][])[["--waveforms"], ["--waveforms", "--json"]])
        {
            var said = await SimulateAsync(0, ["--beds", "2", .. form, "--duration", "3", "--data", folder["data"]]);
            Assert.Contains(" 0 duplicates, 0 rejected, 0 unanswered", said, StringComparison.Ordinal);
        }

        var read = await salus.JsonAsync($"/telemetry/simulated-patient-001/waveforms?from={DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeMilliseconds()}");
        Assert.Equal(["ecg-ii", "pleth"], read["series"]!.AsArray().Select(s => (string)s!["code"]!).Order());
        var lead = read["series"]!.AsArray().Single(s => (string)s!["code"]! == "ecg-ii")!["runs"]!.AsArray();
        Assert.InRange(lead.Sum(r => ((string)r!["data"]!).Split(' ').Length), 6 * 250, 9 * 250);
        Assert.All(lead, r => Assert.Equal(8, (int)r!["flags"]!));

        var state = (await salus.JsonAsync("/monitoring/patients/simulated-patient-001"))["state"]!;
        Assert.Empty(state["models"]!.AsArray());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/monitoring/scores", UriKind.Relative));
        request.Content = new StringContent($$"""{"model":"tested","version":"1","scores":[{"patient":"simulated-patient-001","time":"{{DateTimeOffset.UtcNow:O}}","value":0.5}]}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await salus.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("tested", (string)(await salus.JsonAsync("/monitoring/patients/simulated-patient-001"))["state"]!["models"]![0]!["name"]!);
    }

    [Fact]
    public async Task The_demo_hospital_is_live_when_it_is_switched_on_and_goes_on_after_a_restart()
    {
        (string, string)[] small = [("Salus__Demo__Patients", "12"), ("Salus__Demo__Years", "1"), ("Salus__Simulation__HistoryHours", "2"), ("Salus__Simulation__Wards", AllWards)];
        using (var off = Serve([.. small, ("Salus__Simulation__Monitors", "false")]))
        {
            await off.ReadyAsync();
            await Eventually.TrueAsync(() => off.Output().Contains("The demo hospital is complete", StringComparison.Ordinal), 60, off.Output);
            Assert.Empty((await off.JsonAsync("/monitoring/devices")).AsArray());
        }

        int monitors;
        using (var on = Serve(small))
        {
            await on.ReadyAsync();
            await Eventually.TrueAsync(async () => (await LiveAsync(on)).Count > 0, 60, on.Output);
            monitors = (await on.JsonAsync("/monitoring/devices")).AsArray().Count;
            Assert.Empty((await on.JsonAsync("/monitoring/rejections"))["counts"]!.AsArray());
            var patient = (await LiveAsync(on))[0];
            var history = await on.JsonAsync($"/telemetry/{patient}?metric=heart-rate&resolution=minute");
            Assert.InRange(history["series"]![0]!["points"]!.AsArray().Count, 60, 200);
        }

        using var again = Serve(small);
        await again.ReadyAsync();
        var before = DateTimeOffset.UtcNow;
        await Eventually.TrueAsync(async () => (await again.JsonAsync("/monitoring/devices")).AsArray().Any(d => d!["lastSample"] is { } last && last.GetValue<DateTimeOffset>() > before), 60, again.Output);
        Assert.Equal(monitors, (await again.JsonAsync("/monitoring/devices")).AsArray().Count);
        Assert.Equal(monitors, await CountAsync(again, "DeviceUseStatement"));
    }

    [Theory]
    [InlineData("either --beds", "--seed", "1")]
    [InlineData("either --beds", "--beds", "3", "--resources", "5")]
    [InlineData("--speed does not go with --resources", "--resources", "5", "--speed", "2")]
    [InlineData("--out does not go with --beds", "--beds", "5", "--out", "x")]
    [InlineData("--scenario takes one of calm, sepsis, respiratory-failure, bleeding, arrhythmia", "--beds", "5", "--scenario", "boredom")]
    [InlineData("--beds takes 1 to 60000", "--beds", "0")]
    [InlineData("--rate takes 0.001 to 500", "--beds", "1", "--rate", "-1")]
    [InlineData("--waveforms takes up to 1000 beds", "--beds", "1001", "--waveforms")]
    [InlineData("--waveforms takes up to 1000 beds", "--beds", "1", "--waveforms", "--rate", "0.5")]
    [InlineData("--waveforms does not go with --resources", "--resources", "5", "--waveforms")]
    public async Task What_does_not_fit_together_is_refused(string says, params string[] arguments)
    {
        using var salus = SalusProcess.Start(["simulate", .. arguments]);
        Assert.NotEqual(0, await salus.EndAsync());
        Assert.Contains(says, string.Join('\n', salus.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_server_answers_it_says_so_in_one_line()
    {
        using var nobody = SalusProcess.Start(["simulate", "--beds", "1", "--server", "http://127.0.0.1:1"]);
        await nobody.RefusedAsync("The server does not answer");
        using var nothing = SalusProcess.Start(["simulate", "--beds", "1", "--data", folder["none"]]);
        await nothing.RefusedAsync(folder["none"]);
    }

    [Fact]
    public async Task A_signal_ends_it_with_the_sums()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        using var streams = SalusProcess.Start(["simulate", "--beds", "2", "--data", folder["data"]]);
        await Eventually.TrueAsync(async () => (await salus.JsonAsync("/monitoring/devices")).AsArray().Any(d => d!["lastSample"] is not null), 60, streams.Output);
        streams.Terminate();
        Assert.Equal(0, await streams.EndAsync());
        Assert.Contains("0 rejected, 0 unanswered", streams.Output(), StringComparison.Ordinal);
    }

    private const string AllWards = "ward-med,ward-icu,ward-cardio,ward-surg,ward-neuro,ward-ed";

    private SalusProcess Serve(params (string, string)[] settings) => SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0"], settings);

    private static async Task<string> SimulateAsync(int code, params string[] arguments)
    {
        using var streams = SalusProcess.Start(["simulate", .. arguments]);
        var ended = await streams.EndAsync();
        Assert.True(ended == code, $"exit code {ended}: {streams.Output()}\n{string.Join('\n', streams.Errors)}");
        return streams.Output();
    }

    private static async Task<List<string>> AlertsAsync(SalusProcess salus, string patient) =>
        [.. (await salus.JsonAsync($"/monitoring/alerts?status=all&patient={patient}")).AsArray().Select(a => (string)a!["rule"]!)];

    // Patients in beds of any ward that have a complete score.
    private static async Task<List<string>> LiveAsync(SalusProcess salus)
    {
        var live = new List<string>();
        foreach (var ward in AllWards.Split(','))
        {
            live.AddRange((await salus.JsonAsync($"/monitoring/wards/{ward}"))["beds"]!.AsArray().Where(b => b!["state"]?["scores"] is JsonArray scores
                && scores.Any(s => (string)s!["name"]! == "news2" && (bool)s["complete"]!)).Select(b => (string)b!["patient"]!["id"]!));
        }

        return live;
    }

    private static async Task<int> CountAsync(SalusProcess salus, string type) => (int)(await salus.JsonAsync($"/fhir/{type}?_summary=count"))["total"]!;
}
