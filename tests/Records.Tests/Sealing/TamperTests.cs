using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Sealing.SealedRecord;

namespace Salus.Records.Tests.Sealing;

/// <summary>Somebody changes sealed values in the database, or moves them: an error that names the resource, never another value.</summary>
public sealed class TamperTests : IAsyncLifetime
{
    private SealedRecord record = null!;

    public async Task InitializeAsync() => record = await StartAsync(("Sealed:Reseal", "false"));

    public async Task DisposeAsync() => await record.DisposeAsync();

    [Theory]
    [InlineData("another resource's value")]
    [InlineData("another resource's body")]
    [InlineData("another tenant")]
    [InlineData("another place")]
    [InlineData("a bit")]
    [InlineData("cut")]
    [InlineData("no base64")]
    public async Task What_was_tampered_with_is_refused_by_name(string how)
    {
        await record.Fhir.StoreAsync(Patient("victim", "600-20-3001"));
        await record.Fhir.StoreAsync(Patient("mine", "600-20-3002"));
        var victim = await BodyAsync("victim");
        var mine = await BodyAsync("mine");
        var (from, to) = (Token(victim), Token(mine));
        var changed = how switch
        {
            "another resource's value" => mine.Replace(to, from, StringComparison.Ordinal),
            "another resource's body" => victim,
            "another place" => mine.Replace("\"m-mine\"", $"\"{to}\"", StringComparison.Ordinal),
            "a bit" => mine.Replace(to, to[..^3] + (to[^3] == 'A' ? 'B' : 'A') + to[^2..], StringComparison.Ordinal),
            "cut" => mine.Replace(to, to[..^8], StringComparison.Ordinal),
            "no base64" => mine.Replace(to, to + "!", StringComparison.Ordinal),
            _ => mine,
        };
        await WriteAsync("mine", changed);
        var tenant = how == "another tenant" ? 7 : 0;
        if (tenant > 0)
        {
            Assert.Throws<UnsealedException>(() => record.Get<Seals>().Open(new SealPlace(new Tenant(tenant), "Patient", "mine"), Encoding.UTF8.GetBytes(mine)));
            return;
        }

        foreach (var path in new[] { "Patient/mine", "Patient?_id=mine", "Patient/mine/_history", "Patient/mine/$everything" })
        {
            var answer = await record.Fhir.GetAsync(path);
            Assert.True(answer.Status == 503, $"{path}: {answer}");
            Assert.Contains("Patient/mine", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("600-20-300", answer.Text, StringComparison.Ordinal);
        }

        var report = await record.CheckAsync();
        Assert.False(report.Clean);
        await WriteAsync("mine", mine);
        Assert.Equal("600-20-3002", (string?)(await record.Fhir.GetAsync("Patient/mine")).Json["identifier"]![1]!["value"]);
    }

    [Fact]
    public void Any_bytes_are_opened_as_they_were_or_not_at_all()
    {
        var seals = record.Get<Seals>();
        var place = new SealPlace(Tenant.Default, "Patient", "fuzz");
        var random = new Random(4711);
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(6, 40)).Select(_ => random.Next(5) switch { 0 => "\\\"", 1 => "é", 2 => "\\u0041", 3 => "~", _ => ((char)random.Next('0', 'z')).ToString().Replace("\\", "/", StringComparison.Ordinal) }));
            var plain = Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","id":"fuzz","identifier":[{"system":"{{Ssn}}","value":"{{value}}"},{"value":"{{value}}"}],"contained":[{"resourceType":"Practitioner","identifier":[{"system":"{{Ssn}}","value":"c{{value}}"}]}]}""");
            Assert.True(ResourceReader.TryRead(plain, FhirDefinitions.R4, out var document, out var issue), issue?.Message);
            var stored = seals.Seal(place.Tenant, place.Id, document, 0)!.Document.Utf8.ToArray();
            Assert.Equal(plain, seals.Open(place, stored));
            // Behind the sign by which it is known as sealed; what that hits is a text as any other.
            var token = stored.AsSpan().IndexOf("~sealed~1~"u8) + 10;
            var at = token + random.Next(stored.AsSpan(token).IndexOf((byte)'"'));
            stored[at] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.Equal(plain, seals.Open(place, stored));
            }
            catch (UnsealedException e)
            {
                refused++;
                Assert.DoesNotContain(value, e.Message, StringComparison.Ordinal);
            }
        }

        // Bits at the end of base64 may mean nothing; all others do.
        Assert.True(refused > 250, $"{refused}");
    }

    private async Task<string> BodyAsync(string id) => Encoding.UTF8.GetString(await record.ScalarAsync<byte[]>($"select l.body from records.log l join records.current c on c.position = l.position where c.id = '{id}'"));

    private static string Token(string body)
    {
        var start = body.IndexOf("~sealed~1~", StringComparison.Ordinal);
        return body[start..body.IndexOf('"', start)];
    }

    private async Task WriteAsync(string id, string body)
    {
        await using var command = record.Source.CreateCommand("update records.log l set body = $2 from records.current c where c.position = l.position and c.id = $1");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(Encoding.UTF8.GetBytes(body));
        await command.ExecuteNonQueryAsync();
    }
}
