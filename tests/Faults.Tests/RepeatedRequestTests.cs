using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The client's connection is cut between commit and answer, and the client sends its request again.</summary>
public sealed class RepeatedRequestTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private SalusProcess salus = null!;
    private FhirClient fhir = null!;

    public async Task InitializeAsync()
    {
        salus = await SalusProcess.ReadyAsync(folder["data"]);
        fhir = new FhirClient(salus.Address);
    }

    public Task DisposeAsync()
    {
        fhir.Dispose();
        salus.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_blind_update_makes_one_resource_and_a_version_for_each_time_it_was_sent()
    {
        await SendAndHangUpAsync(Samples.Patient("blind", "blind"), "", storedAs: 1);
        var again = await fhir.PutAsync(Samples.Patient("blind", "blind"));
        Assert.Equal((200, "W/\"2\""), (again.Status, again.ETag));
        Assert.Equal(1, await fhir.CountAsync($"Patient?identifier={Samples.System}|blind"));
        await StoreProof.WholeAsync(new Cluster(folder["data"]).ConnectionString);
    }

    [Theory]
    [InlineData("If-None-Match: *", 1)]
    [InlineData("If-Match: W/\"1\"", 2)]
    public async Task With_a_condition_the_second_one_is_refused_and_changes_nothing(string condition, int storedAs)
    {
        if (storedAs > 1)
        {
            Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("first", "once"))).Status);
        }

        await SendAndHangUpAsync(Samples.Patient("second", "once"), $"{condition}\r\n", storedAs);
        var (name, value) = (condition.Split(": ")[0], condition.Split(": ")[1]);
        var again = await fhir.SendAsync(HttpMethod.Put, "Patient/once", Samples.Patient("second", "once"), (name, value));
        Assert.Equal(412, again.Status);
        Assert.Contains($"version {storedAs}", again.Problem, StringComparison.Ordinal);
        Assert.Equal($"W/\"{storedAs}\"", (await fhir.GetAsync("Patient/once")).ETag);
    }

    [Fact]
    public async Task A_create_with_If_None_Exist_makes_one_resource_however_often_it_was_sent()
    {
        var patient = Samples.Patient("conditional", "conditional");
        patient.Remove("id");
        var query = $"identifier={Samples.System}|conditional";
        await SendAndHangUpAsync("POST", "Patient", patient, $"If-None-Exist: {query}\r\n", async () => await fhir.CountAsync($"Patient?{query}") == 1);
        for (var i = 0; i < 3; i++)
        {
            var again = await fhir.SendAsync(HttpMethod.Post, "Patient", patient, ("If-None-Exist", query));
            Assert.Equal((200, "W/\"1\""), (again.Status, again.ETag));
        }

        Assert.Equal(1, await fhir.CountAsync($"Patient?{query}"));
    }

    // The answer is never read: that it is stored is seen through another connection, and then this one is cut.
    private Task SendAndHangUpAsync(JsonObject resource, string headers, int storedAs)
    {
        var path = $"Patient/{resource["id"]}";
        return SendAndHangUpAsync("PUT", path, resource, headers, async () => (await fhir.GetAsync(path)).ETag == $"W/\"{storedAs}\"");
    }

    private async Task SendAndHangUpAsync(string method, string path, JsonObject resource, string headers, Func<Task<bool>> stored)
    {
        var body = Encoding.UTF8.GetBytes(resource.ToJsonString());
        using var connection = new TcpClient();
        await connection.ConnectAsync(salus.Address.Host, salus.Address.Port);
        var head = $"{method} /fhir/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/fhir+json\r\n{headers}Content-Length: {body.Length}\r\n\r\n";
        await connection.Client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
        await Eventually.TrueAsync(stored);
        connection.Client.Close(0);
    }
}
