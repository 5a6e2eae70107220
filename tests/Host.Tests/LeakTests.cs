using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>What neither answers nor logs may tell.</summary>
public sealed class LeakTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Secrets_stand_in_no_line_of_output_not_even_at_the_lowest_level()
    {
        using var certificate = new TestCertificate();
        var master = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        PrivateFile.Replace(folder["tls.pfx"], certificate.Pkcs12("hunter2-tls"));
        PrivateFile.Replace(folder["master"], Encoding.ASCII.GetBytes(master));
        var salus = await SalusProcess.FirstAsync(
            folder["data"],
            0,
            ("Logging__LogLevel__Default", "Trace"),
            // What is kept back otherwise, because it can hold addresses and statements.
            ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
            ("Logging__LogLevel__Microsoft", "Trace"),
            ("Logging__LogLevel__Npgsql", "Trace"),
            ("Salus__Access__SignIn", "true"),
            ("Salus__Tls__Certificate", folder["tls.pfx"]),
            ("Salus__Tls__Password", "hunter2-tls"),
            ("Salus__Keys__MasterFile", folder["master"]));
        using (salus)
        {
            using var client = certificate.Client(salus.Address);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/access/sign-in") { Content = new StringContent("""{"userName":"ann","password":"hunter2-typed"}""", Encoding.UTF8, "application/json") };
            request.Headers.Add("Authorization", "Bearer hunter2-token");
            request.Headers.Add("Cookie", "__Host-salus=hunter2-cookie");
            using var answer = await client.SendAsync(request);
            using var read = await client.GetAsync(new Uri("/fhir/Patient", UriKind.Relative));
            salus.Terminate();
            await salus.EndAsync();
            var said = salus.Output() + string.Join('\n', salus.Errors);
            Assert.Contains("\"LogLevel\":\"Debug\"", said, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
            Assert.DoesNotContain(master, said, StringComparison.Ordinal);
            Assert.DoesNotContain((await File.ReadAllTextAsync(folder["data/postgres.password"])).Trim(), said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_broken_database_shows_neither_statements_nor_names_of_tables()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        var address = await RunningDatabase.FindAsync(folder["data"], CancellationToken.None);
        await using (var source = NpgsqlDataSource.Create(address!))
        await using (var command = source.CreateCommand("alter table records.log rename to elsewhere"))
        {
            await command.ExecuteNonQueryAsync();
        }

        foreach (var path in (string[])["/fhir/Patient/x", "/fhir/Patient", "/fhir/Patient/_history", "/admin/system"])
        {
            using var response = await salus.GetAsync(path);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(path is "/fhir/Patient" or "/admin/system" || (int)response.StatusCode >= 500, $"{path}: {response.StatusCode} {body}");
            SaysNothing(body);
        }
    }

    [Theory]
    [InlineData("bug", 500)]
    [InlineData("sql", 503)]
    [InlineData("request", 400)]
    public async Task What_nobody_expected_is_an_outcome_without_a_word_of_the_inside(string what, int status)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = new MemoryStream() } };
        await new LastResort(_ => throw Of(what), NullLogger<LastResort>.Instance).InvokeAsync(http);
        var body = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.Equal(status, http.Response.StatusCode);
        Assert.Equal("OperationOutcome", (string?)JsonNode.Parse(body)!["resourceType"]);
        SaysNothing(body);
    }

    private static Exception Of(string what) => what switch
    {
        "sql" => new PostgresException("relation \"records.log\" does not exist", "ERROR", "ERROR", "42P01"),
        "request" => new BadHttpRequestException("The value is missing.", 400, new InvalidOperationException("hunter2 at Salus.Records.Secret()")),
        _ => new InvalidOperationException("select * from records.log where hunter2", new ArgumentException("hunter2")),
    };

    private static void SaysNothing(string body)
    {
        foreach (var inside in (string[])["   at ", "Salus.Records", "Exception", "Npgsql", "42P01", "relation", "records.log", "select ", "hunter2", ".cs:line"])
        {
            Assert.DoesNotContain(inside, body, StringComparison.Ordinal);
        }
    }
}
