using System.Text;
using System.Text.RegularExpressions;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.GraphQl;

/// <summary>The commands of docs/modules/graphql.md are answered, and its table has the limits and defaults of the program.</summary>
public sealed partial class GraphQlPageTests(GraphQlRecord server) : IClassFixture<GraphQlRecord>
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Sources.Root, "docs/modules/graphql.md"));

    [Fact]
    public async Task Its_commands_are_answered()
    {
        var commands = Command().Matches(Page);
        Assert.Equal(3, commands.Count);
        foreach (Match command in commands)
        {
            var answer = await server.Fhir.SendAsync(HttpMethod.Post, command.Groups[1].Value, FhirClient.Json(Encoding.UTF8.GetBytes(command.Groups[3].Value), command.Groups[2].Value));
            Assert.True(answer.Status == 200 && answer.Json["errors"] is null, $"{command.Value}: {answer}");
            Assert.Contains("\"id\"", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Its_limits_are_those_of_the_program()
    {
        var options = new GraphQlOptions();
        var told = Limit().Matches(Page).ToDictionary(m => m.Groups[1].Value, m => long.Parse(m.Groups[2].Value.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(typeof(GraphQlOptions).GetProperties().ToDictionary(p => p.Name, p => Convert.ToInt64(p.GetValue(options), System.Globalization.CultureInfo.InvariantCulture)).OrderBy(p => p.Key), told.OrderBy(p => p.Key));
    }

    [GeneratedRegex(@"curl -s 'http://127\.0\.0\.1:8080/fhir/([^']+)' -H 'Content-Type: ([^']+)' --data '([^']+)'")]
    private static partial Regex Command();

    [GeneratedRegex(@"^\| `(Max\w+)` \| ([\d,]+) \|", RegexOptions.Multiline)]
    private static partial Regex Limit();
}
