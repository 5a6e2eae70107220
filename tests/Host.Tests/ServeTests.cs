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

    [Theory]
    [InlineData("evil.example.org")]
    [InlineData("evil.example.org:80")]
    [InlineData("192.0.2.1")]
    [InlineData("127.0.0.1.evil.example.org")]
    public async Task A_request_under_another_name_is_refused(string host)
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient") { Headers = { Host = host } };
        using var response = await salus.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var right = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient") { Headers = { Host = $"localhost:{salus.Address.Port}" } };
        using var answer = await salus.SendAsync(right);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
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
