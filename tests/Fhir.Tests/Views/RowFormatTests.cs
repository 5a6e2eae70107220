using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;

namespace Salus.Fhir.Tests.Views;

/// <summary>CSV, JSON lines, JSON, and reading resources line by line.</summary>
public class RowFormatTests
{
    private static readonly View View = Rows.View("Patient", """
        [{"column":[{"name":"id","path":"id"},{"name":"text","path":"name.text"},{"name":"given","path":"name.given","collection":true},{"name":"n","path":"name.count()"},
          {"name":"d","path":"extension.value.ofType(decimal)","type":"decimal"}]}]
        """);

    private const string Hard = """{"resourceType":"Patient","id":"1","name":[{"text":"a \"b\", \\ \u00e4\n\t","given":["x,y","\"z\""]}],"extension":[{"url":"u","valueDecimal":1.10}]}""";
    private const string Empty = """{"resourceType":"Patient","id":"2"}""";

    [Fact]
    public void Csv_quotes_what_it_has_to_and_tells_null_from_empty()
    {
        var csv = Encoding.UTF8.GetString(Rows.Write(View, RowFormat.Csv, Hard, Empty));
        Assert.Equal("id,text,given,n,d\r\n1,\"a \"\"b\"\", \\ ä\n\t\",\"[\"\"x,y\"\",\"\"\\\"\"z\\\"\"\"\"]\",1,1.10\r\n2,,[],0,\r\n", csv);
        Assert.Equal("v\r\n\"\"\r\n", Encoding.UTF8.GetString(Rows.Write(Rows.Columns("Patient", "v: name.given.join(',')"), RowFormat.Csv, Empty)));
    }

    [Fact]
    public void Json_is_the_same_in_lines_and_in_an_array()
    {
        var lines = Rows.Of(View, Hard, Empty);
        Assert.Equal("""{"id":"1","text":"a \"b\", \\ \u00e4\n\t","given":["x,y","\"z\""],"n":1,"d":1.10}""", lines[0]);
        Assert.Equal("""{"id":"2","text":null,"given":[],"n":0,"d":null}""", lines[1]);
        Assert.Equal($"[{lines[0]},\n{lines[1]}]\n", Encoding.UTF8.GetString(Rows.Write(View, RowFormat.Json, Hard, Empty)));
        Assert.Equal("[]\n", Encoding.UTF8.GetString(Rows.Write(View, RowFormat.Json)));
        Assert.Equal("""{"a":"\"\\\u000a"}""", Rows.Of(Rows.Columns("Patient", "a: '\"\\\\\\n' & ''"), Empty)[0]);
    }

    [Fact]
    public void Lines_are_read_whatever_their_ends_and_the_reader_names_the_wrong_one()
    {
        var text = $"\uFEFF{Hard}\r\n\n  \n{Empty}\n{{\"resourceType\":\"Observation\"}}\n{{\"resourceType\":\"Bundle\",\"entry\":[{{\"resource\":{Empty}}},{{}},{{\"resource\":{Hard}}}]}}";
        var lines = new ResourceLines(new MemoryStream(Encoding.UTF8.GetBytes(text)), FhirDefinitions.R4);
        var (run, writer) = (View.Start(), RowWriter.Create(RowFormat.Ndjson, View));
        Issue? issue;
        while (lines.TryNext(run, writer, out issue))
        {
        }

        Assert.Null(issue);
        Assert.Equal((4, 5), (writer.Rows, lines.Resources));

        lines = new ResourceLines(new MemoryStream(Encoding.UTF8.GetBytes($"{Empty}\n{{\"resourceType\":\"Patient\"")), FhirDefinitions.R4);
        Assert.True(lines.TryNext(run, writer, out _));
        Assert.False(lines.TryNext(run, writer, out issue));
        Assert.NotNull(issue);
        Assert.Equal(2, lines.Line);
    }

    [Theory]
    [InlineData(RowFormat.Csv)]
    [InlineData(RowFormat.Ndjson)]
    [InlineData(RowFormat.Json)]
    [InlineData(RowFormat.Parquet)]
    public void One_resource_does_not_fill_the_memory(RowFormat format)
    {
        // A photo in each row of a hundred names. Nothing in it to compress.
        var bytes = new byte[30_000];
        new Random(1).NextBytes(bytes);
        var photo = Convert.ToBase64String(bytes);
        var names = string.Join(',', Enumerable.Repeat("{\"text\":\"n\"}", 100));
        var document = Rows.Read($$"""{"resourceType":"Patient","id":"p","photo":[{"data":"{{photo}}"}],"name":[{{names}}]}""");
        var view = Rows.View("Patient", """[{"column":[{"name":"photo","path":"photo.data"}]},{"forEach":"name","column":[{"name":"name","path":"text"}]}]""");
        var writer = RowWriter.Create(format, view, most: 1_000_000);
        writer.Begin();
        Assert.False(view.Start().TryAdd(document.Root, writer, out var issue));
        Assert.Equal(("too-costly", "ViewDefinition.select"), (issue.Code, issue.Path));
        Assert.InRange(writer.Rows, 20, 35);

        // What was taken does not count.
        var again = RowWriter.Create(format, view, most: 5_000_000);
        again.Begin();
        var run = view.Start();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(run.TryAdd(document.Root, again, out issue), issue?.Message);
            again.Taken();
        }
    }

    [Fact]
    public void A_line_longer_than_the_buffer_is_read()
    {
        var large = Empty.Replace("\"2\"", $"\"2\",\"name\":[{{\"text\":\"{new string('x', 3_000_000)}\"}}]", StringComparison.Ordinal);
        var lines = new ResourceLines(new MemoryStream(Encoding.UTF8.GetBytes($"{Empty}\n{large}\n{Empty}")), FhirDefinitions.R4);
        var (run, writer) = (View.Start(), RowWriter.Create(RowFormat.Csv, View));
        while (lines.TryNext(run, writer, out var issue))
        {
            Assert.Null(issue);
        }

        Assert.Equal(3, writer.Rows);
        Assert.True(writer.Pending.Length > 3_000_000);
    }
}
