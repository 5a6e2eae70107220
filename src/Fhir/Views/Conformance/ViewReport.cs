using System.Text.Json;

namespace Salus.Fhir.Views;

/// <summary>Results of official tests, in the form of the specification's <c>test-report.schema.json</c>.</summary>
public sealed class ViewReport
{
    private readonly Dictionary<string, List<(string Name, string? Reason)>> files = new(StringComparer.Ordinal);

    public int Passed => files.Values.Sum(f => f.Count(t => t.Reason is null));

    public int Failed => files.Values.Sum(f => f.Count(t => t.Reason is not null));

    /// <summary>The files with the numbers of tests and of those that passed, in the order in which they came.</summary>
    public IEnumerable<(string File, int Tests, int Passed)> Files => files.Select(f => (f.Key, f.Value.Count, f.Value.Count(t => t.Reason is null)));

    /// <summary>Notes a result.</summary>
    /// <param name="reason">What differs; null when the test passed.</param>
    public void Add(ViewSuite suite, ViewTest test, string? reason)
    {
        if (!files.TryGetValue(suite.File, out var tests))
        {
            files.Add(suite.File, tests = []);
        }

        tests.Add((test.Title, reason));
    }

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var (file, tests) in files)
            {
                writer.WriteStartObject(file);
                writer.WriteStartArray("tests");
                foreach (var (name, reason) in tests)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    writer.WriteStartObject("result");
                    writer.WriteBoolean("passed", reason is null);
                    if (reason is not null)
                    {
                        writer.WriteString("reason", reason);
                    }

                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
