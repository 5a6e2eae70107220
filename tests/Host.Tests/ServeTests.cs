using System.Net;
using System.Text.Json.Nodes;
using Salus.TestSupport;

namespace Salus.Host.Tests;

public sealed class ServeTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_is_ready_answers_with_security_headers_and_ends_on_sigterm()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        Assert.Equal("ok", (string?)(await salus.JsonAsync("/readyz"))["status"]);
        Assert.True(salus.Address.IsLoopback);
        var announced = JsonNode.Parse(await File.ReadAllTextAsync(folder["data/server.json"]))!;
        Assert.Equal(salus.Address.ToString().TrimEnd('/'), (string?)announced["url"]);
        Assert.Equal(salus.Id, (int?)announced["pid"]);

        foreach (var path in new[] { "/", "/fhir/metadata", "/fhir/Patient/none", "/healthz", "/admin/nothing", "/nowhere/at.all" })
        {
            using var response = await salus.GetAsync(path);
            string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";
            Assert.Contains("script-src 'self'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("script-src 'self' 'unsafe", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("nosniff", Header("X-Content-Type-Options"));
            Assert.Equal("no-referrer", Header("Referrer-Policy"));
            Assert.Equal("", Header("Server"));
        }

        using var fhir = await salus.GetAsync("/fhir/metadata");
        Assert.Equal("no-store", fhir.Headers.CacheControl!.ToString());
        salus.Terminate();
        Assert.Equal(0, await salus.EndAsync());
        Assert.Empty(salus.Errors);
        Assert.False(File.Exists(folder["data/server.json"]));
        Assert.False(File.Exists(folder["data/postgres/postmaster.pid"]));
    }

    [Fact]
    public async Task Told_to_stop_while_it_starts_it_ends_in_order()
    {
        foreach (var said in new[] { "is ready on", "records/0001_log" })
        {
            using var salus = SalusProcess.Start(["serve", "--data", folder[said.Split('/')[0]], "--port", "0", "--no-demo"]);
            await Eventually.TrueAsync(() => salus.Output().Contains(said, StringComparison.Ordinal), seconds: 120);
            salus.Terminate();
            Assert.Equal(0, await salus.EndAsync());
            Assert.Empty(salus.Errors);
        }
    }

    [Fact]
    public async Task A_request_under_another_name_is_refused()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        foreach (var host in new[] { "evil.example.org", "evil.example.org:80", "192.0.2.1", "127.0.0.1.evil.example.org" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient") { Headers = { Host = host } };
            using var response = await salus.SendAsync(request);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("application/fhir+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains(host, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        }

        using var right = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient") { Headers = { Host = $"localhost:{salus.Address.Port}" } };
        using var answer = await salus.SendAsync(right);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_refused_before_any_route_has_an_outcome_too()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        async Task<(int Status, string Headers, string Body)> AskAsync(string path, string headers = "") => await RawHttp.SendAsync(
            salus.Address, $"GET {path} HTTP/1.1\r\nHost: {salus.Address.Authority}\r\nConnection: close\r\n{headers}\r\n");

        foreach (var (asked, status, says) in new[]
        {
            (await AskAsync($"/fhir/Patient?name={new string('a', 70_000)}"), 414, "65536"),
            (await AskAsync($"/fhir/Patient/{new string('a', 70_000)}"), 414, "65536"),
            (await AskAsync("/fhir/Patient", $"X-Long: {new string('a', 40_000)}\r\n"), 431, "32768"),
            (await AskAsync("/fhir/Patient", string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: a\r\n"))), 431, "100"),
        })
        {
            Assert.Equal(status, asked.Status);
            Assert.Contains("Content-Type: application/fhir+json", asked.Headers, StringComparison.Ordinal);
            Assert.Contains("Content-Security-Policy", asked.Headers, StringComparison.Ordinal);
            Assert.Contains(says, (string?)JsonNode.Parse(asked.Body)!["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        }

        // The server's own answers to what it cannot read: the right status, and no body.
        Assert.Equal((400, ""), await AskAsync("/fhir/Patient/%00") is var nul ? (nul.Status, nul.Body) : default);
        Assert.Equal((414, ""), await AskAsync($"/fhir/Patient?name={new string('a', 300_000)}") is var line ? (line.Status, line.Body) : default);
        Assert.Equal((431, ""), await AskAsync("/fhir/Patient", $"X-Long: {new string('a', 200_000)}\r\n") is var header ? (header.Status, header.Body) : default);
        using var after = await salus.GetAsync("/fhir/Patient");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Empty((await salus.JsonAsync("/admin/system"))["database"]!["lossySettings"]!.AsArray());
    }

    [Fact]
    public async Task A_second_server_on_the_folder_is_refused_and_the_first_goes_on()
    {
        using var first = await SalusProcess.ReadyAsync(folder["data"]);
        using var second = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"]);
        await second.RefusedAsync(folder["data"]);
        Assert.Equal(HttpStatusCode.Created, await first.PutPatientAsync("still"));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_kill_9()
    {
        var acknowledged = new List<string>();
        using (var salus = await SalusProcess.ReadyAsync(folder["data"]))
        {
            var writers = Enumerable.Range(0, 4).Select(async writer =>
            {
                for (var i = 0; ; i++)
                {
                    var id = $"w{writer}-{i}";
                    try
                    {
                        if (await salus.PutPatientAsync(id) != HttpStatusCode.Created)
                        {
                            return;
                        }
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }

                    lock (acknowledged)
                    {
                        acknowledged.Add(id);
                    }
                }
            }).ToList();
            while (true)
            {
                await Task.Delay(20);
                lock (acknowledged)
                {
                    if (acknowledged.Count > 200)
                    {
                        break;
                    }
                }
            }

            await salus.KillAsync();
            await Task.WhenAll(writers);
        }

        using var again = await SalusProcess.ReadyAsync(folder["data"]);
        foreach (var id in acknowledged)
        {
            using var response = await again.GetAsync($"/fhir/Patient/{id}");
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{id} was acknowledged and is {response.StatusCode}");
        }

        var total = (int)(await again.JsonAsync("/fhir/Patient?_summary=count"))["total"]!;
        Assert.InRange(total, acknowledged.Count, acknowledged.Count + 4);
        Assert.Equal(total, (int)(await again.JsonAsync("/fhir/_history?_count=0"))["total"]!);
    }

    [Fact]
    public async Task The_demo_hospital_goes_on_after_kill_9()
    {
        (string, string)[] small = [("Salus__Demo__Patients", "12")];
        string[] arguments = ["serve", "--data", folder["data"], "--port", "0"];
        using (var salus = SalusProcess.Start(arguments, small))
        {
            await salus.ReadyAsync();
            await DemoAsync(salus, demo => (int)demo["loaded"]! >= 2);
            await salus.KillAsync();
        }

        using var again = SalusProcess.Start(arguments, small);
        await again.ReadyAsync();
        await DemoAsync(again, demo => !(bool)demo["running"]! && (int)demo["loaded"]! == (int)demo["planned"]!);
        Assert.Equal(12, (int)(await again.JsonAsync("/fhir/Patient?_summary=count"))["total"]!);
        await again.KillAsync();

        using var third = SalusProcess.Start(arguments, small);
        await third.ReadyAsync();
        await DemoAsync(third, demo => !(bool)demo["running"]! && (int)demo["loaded"]! == (int)demo["planned"]!);
        Assert.Equal(12, (int)(await third.JsonAsync("/fhir/Patient?_summary=count"))["total"]!);
    }

    private static async Task DemoAsync(SalusProcess salus, Func<JsonNode, bool> reached)
    {
        for (var i = 0; i < 1200; i++)
        {
            if ((await salus.JsonAsync("/admin/system"))["demo"] is { } demo && reached(demo))
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail($"not reached: {(await salus.JsonAsync("/admin/system"))["demo"]}\n{salus.Output()}");
    }
}
