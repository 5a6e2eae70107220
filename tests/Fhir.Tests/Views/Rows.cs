using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;

namespace Salus.Fhir.Tests.Views;

/// <summary>Views and resources as JSON, rows as text.</summary>
internal static class Rows
{
    /// <summary>The view of a resource type with these selects.</summary>
    internal static View View(string resource, string selects, string more = "") => Compile($$"""{"name":"test","resource":"{{resource}}","select":{{selects}}{{more}}}""");

    /// <summary>The view with these columns, such as <c>a: name.family</c>, one a line.</summary>
    internal static View Columns(string resource, params string[] columns) =>
        View(resource, $$"""[{"column":[{{string.Join(',', columns.Select(c => $$"""{"name":"{{c[..c.IndexOf(':', StringComparison.Ordinal)]}}","path":{{JsonSerializer.Serialize(c[(c.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())}}}"""))}}]}]""");

    internal static View Compile(string json) => Salus.Fhir.Views.View.TryCompile(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var view, out var issues)
        ? view
        : throw new InvalidDataException(string.Join('\n', issues));

    /// <summary>What is wrong with a definition, as <c>place: message</c>.</summary>
    internal static List<string> Wrong(string json)
    {
        Assert.False(Salus.Fhir.Views.View.TryCompile(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out _, out var issues));
        return [.. issues.Select(i => $"{i.Path}: {i.Message}")];
    }

    internal static ResourceDocument Read(string json) =>
        ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);

    /// <summary>The rows of resources in a form.</summary>
    internal static byte[] Write(View view, RowFormat format, params string[] resources)
    {
        var (run, writer) = (view.Start(), RowWriter.Create(format, view));
        writer.Begin();
        foreach (var resource in resources)
        {
            if (!run.TryAdd(Read(resource).Root, writer, out var issue))
            {
                throw new InvalidDataException($"{issue.Path}: {issue.Message}");
            }
        }

        writer.End();
        return writer.Pending.ToArray();
    }

    /// <summary>The rows as JSON, a line each.</summary>
    internal static string[] Of(View view, params string[] resources) =>
        Encoding.UTF8.GetString(Write(view, RowFormat.Ndjson, resources)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
