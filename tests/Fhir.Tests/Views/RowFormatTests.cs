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
    [InlineData("9999-12-31T23:59:59.999-14:00", "10000-01-01T13:59:59.999000Z")]
    [InlineData("9999-12-31T23:59:60Z", "10000-01-01T00:00:00.000000Z")]
    [InlineData("0001-01-01T00:00:00+14:00", "0000-12-31T10:00:00.000000Z")]
    public void Moments_at_the_edges_of_the_calendar_are_written_in_every_form(string written, string moment)
    {
        var patient = $$"""{"resourceType":"Patient","deceasedDateTime":"{{written}}"}""";
        foreach (var type in new[] { "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" })
        {
            var view = Rows.View("Patient", $$"""[{"column":[{"name":"v","path":"deceased.ofType(dateTime)","tag":[{"name":"ansi/type","value":"{{type}}"}]}]}]""");
            Assert.Equal($$"""{"v":"{{moment}}"}""", Assert.Single(Rows.Of(view, patient)));
            Assert.Equal($"[{{\"v\":\"{moment}\"}}]\n", Encoding.UTF8.GetString(Rows.Write(view, RowFormat.Json, patient)));
            Assert.Equal($"v\r\n{moment}\r\n", Encoding.UTF8.GetString(Rows.Write(view, RowFormat.Csv, patient)));
            Assert.NotEmpty(Rows.Write(view, RowFormat.Parquet, patient));
        }
    }

    [Fact]
    public void Functions_of_time_go_over_the_edge_of_the_calendar()
    {
        var patient = """{"resourceType":"Patient","deceasedDateTime":"9999-12-31T23:59:60Z"}""";
        var columns = new[] { "y: deceased.ofType(dateTime).lowBoundary(17)", "z: deceased.ofType(dateTime) + 1 month", "c: deceased.ofType(dateTime) > @2020-01" };
        Assert.Equal("""{"y":"10000-01-01T00:00:00.000Z","z":null,"c":true}""", Assert.Single(Rows.Of(Rows.Columns("Patient", columns), patient)));
    }

    [Theory]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31")]
    [InlineData("2016-12-31T18:59:60-05:00", "2016-12-31")]
    [InlineData("9999-12-31T23:59:60Z", "9999-12-31")]
    [InlineData("2017-01-01", "2017-01-01")]
    public void A_date_column_has_the_day_that_is_written(string written, string day)
    {
        var view = Rows.View("Patient", """[{"column":[{"name":"v","path":"deceased.ofType(dateTime)","tag":[{"name":"ansi/type","value":"DATE"}]}]}]""");
        var patient = $$"""{"resourceType":"Patient","deceasedDateTime":"{{written}}"}""";
        Assert.Equal($$"""{"v":"{{day}}"}""", Assert.Single(Rows.Of(view, patient)));
    }

    [Fact]
    public void A_value_of_another_type_is_told_by_the_type_that_the_column_asks_for()
    {
        var view = Rows.View("Patient", """[{"column":[{"name":"v","path":"deceased.ofType(dateTime)","tag":[{"name":"ansi/type","value":"NUMERIC(2,1)"}]}]}]""");
        var wrong = Assert.Throws<InvalidDataException>(() => Rows.Of(view, """{"resourceType":"Patient","deceasedDateTime":"2020-01-01"}"""));
        Assert.Contains("The column 'v' is of the type NUMERIC(2,1), but", wrong.Message, StringComparison.Ordinal);
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
