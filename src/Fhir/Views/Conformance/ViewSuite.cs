using System.Text.Json;

namespace Salus.Fhir.Views;

/// <summary>One file of the official tests of SQL on FHIR v2 (<c>tests.schema.json</c> of the specification).</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Title">Its title.</param>
/// <param name="Resources">The resources that its views run over, as JSON.</param>
/// <param name="Tests">Its tests.</param>
public sealed record ViewSuite(string File, string Title, IReadOnlyList<string> Resources, IReadOnlyList<ViewTest> Tests)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidDataException">It is not a file of tests.</exception>
    public static ViewSuite Read(string file, ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("tests", out var tests) || tests.ValueKind != JsonValueKind.Array
            || !root.TryGetProperty("resources", out var resources) || resources.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"{file} is not a file of tests: it has no arrays 'resources' and 'tests'.");
        }

        return new ViewSuite(
            file,
            root.TryGetProperty("title", out var title) ? title.ToString() : file,
            [.. resources.EnumerateArray().Select(r => r.GetRawText())],
            [.. tests.EnumerateArray().Select(t => ViewTest.Read(t.Clone()))]);
    }

    /// <summary>The files of a folder, by name; others than tests, such as their schema, are left out.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IReadOnlyList<ViewSuite> ReadAll(IEnumerable<(string Name, byte[] Content)> files)
    {
        var suites = files.OrderBy(f => f.Name, StringComparer.Ordinal)
            .Where(f => f.Name.EndsWith(".json", StringComparison.Ordinal) && !f.Name.EndsWith(".schema.json", StringComparison.Ordinal))
            .Select(f => Read(f.Name, f.Content)).ToList();
        return suites.Count > 0 ? suites : throw new InvalidDataException("There is no file of tests (.json) in the folder.");
    }
}
