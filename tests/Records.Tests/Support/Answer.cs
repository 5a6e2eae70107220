using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Support;

/// <summary>What the server answered.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body, which has to be JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? ETag => Headers.ETag?.ToString();

    public string Version => Json["meta"]!["versionId"]!.GetValue<string>();

    public IEnumerable<JsonNode> Entries => Json["entry"]?.AsArray().Select(e => e!) ?? [];

    public IEnumerable<string> Ids(string mode) =>
        Entries.Where(e => (string?)e["search"]?["mode"] == mode).Select(e => (string)e["resource"]!["id"]!);

    public string? Link(string relation) => (string?)Json["link"]?.AsArray().FirstOrDefault(l => (string?)l!["relation"] == relation)?["url"];

    /// <summary>The diagnostics of every issue; the answer has to be an OperationOutcome.</summary>
    public string Problems
    {
        get
        {
            Assert.True(Body.Length > 0 && (string?)Json["resourceType"] == "OperationOutcome", $"no OperationOutcome: {this}");
            return string.Join("\n", Json["issue"]!.AsArray().Select(i => (string?)i!["diagnostics"]));
        }
    }

    /// <summary>Refused with this status and an OperationOutcome that names the place.</summary>
    public void Refused(int status, string? place = null)
    {
        Assert.True(Status == status, $"{status} expected: {this}");
        if (place is not null)
        {
            Assert.Contains(place, Problems, StringComparison.Ordinal);
        }
        else
        {
            Assert.NotEmpty(Problems);
        }
    }

    public override string ToString() => $"{Status} {(Text.Length > 1500 ? Text[..1500] : Text)}";
}
