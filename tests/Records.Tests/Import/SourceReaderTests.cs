using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Records.Import;
using Salus.TestSupport;

namespace Salus.Records.Tests.Import;

public sealed class SourceReaderTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly List<string> skipped = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Ndjson_has_lines_with_numbers_whatever_their_ends_are()
    {
        File.WriteAllBytes(folder["a.ndjson"], [.. "\uFEFF{\"a\":1}\r\n\n   \n{\"b\":2}\n{\"c\":3}"u8]);
        var pieces = await PiecesAsync(folder["a.ndjson"]);
        Assert.Equal([(1, "{\"a\":1}"), (4, "{\"b\":2}"), (5, "{\"c\":3}")], pieces.Select(p => (p.Line!.Value, Encoding.UTF8.GetString(p.Text.Span))));
    }

    [Fact]
    public async Task A_line_over_the_limit_is_rejected_and_the_next_one_read()
    {
        File.WriteAllText(folder["a.ndjson"], new string('x', 400_000) + "\n{}\n" + new string('y', 1001) + "\n" + new string('z', 1000));
        var pieces = await PiecesAsync(folder["a.ndjson"], limit: 1000);
        Assert.Equal([1, 2, 3, 4], pieces.Select(p => p.Line));
        Assert.Equal([true, false, true, false], pieces.Select(p => p.Error is not null));
        Assert.Equal(1000, pieces[3].Text.Length);
    }

    [Fact]
    public async Task Lines_longer_than_the_buffer_are_whole()
    {
        var long1 = new string('x', 300_000);
        var long2 = new string('y', 500_000);
        File.WriteAllText(folder["a.ndjson"], $"{long1}\n{long2}\n{{}}");
        var pieces = await PiecesAsync(folder["a.ndjson"]);
        Assert.Equal([long1, long2, "{}"], pieces.Select(p => Encoding.UTF8.GetString(p.Text.Span)));
    }

    [Fact]
    public async Task Gzip_that_is_cut_off_gives_its_lines_and_then_an_error()
    {
        var whole = ImportSamples.Gzip(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"n\":{i},\"hash\":\"{i * 7919L * i:x}\"}}\n")));
        File.WriteAllBytes(folder["a.ndjson.gz"], whole[..(whole.Length / 2)]);
        var pieces = await PiecesAsync(folder["a.ndjson.gz"]);
        Assert.True(pieces.Count > 100);
        Assert.All(pieces.SkipLast(1), p => Assert.Null(p.Error));
        Assert.All(pieces.SkipLast(1), p => Assert.EndsWith("}", Encoding.UTF8.GetString(p.Text.Span), StringComparison.Ordinal));
        Assert.Equal(pieces.Count, pieces[^1].Line);
        Assert.Contains("damaged or cut off", pieces[^1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cut_of_a_gzip_file_is_noticed()
    {
        var whole = ImportSamples.Gzip("""{"resourceType":"Patient","id":"a","birthDate":"1970-01-01"}""");
        for (var length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["a.json.gz"], whole[..length]);
            var piece = Assert.Single(await PiecesAsync(folder["a.json.gz"]));
            // Only the trailer (checksum and length) may be missing without loss of data.
            Assert.True(piece.Error is not null || piece.Text.Length == 60, $"{length} of {whole.Length} bytes passed for the whole file");
        }
    }

    [Fact]
    public async Task Members_of_an_archive_come_in_its_order_with_their_names()
    {
        ImportSamples.Tar(folder["a.tar.gz"], ("z.json", "{}"u8.ToArray()), ("d/b.ndjson", "{}\n{}"u8.ToArray()), ("readme.txt", "?"u8.ToArray()), ("a.json.gz", ImportSamples.Gzip("{\"a\":1}")));
        var pieces = await PiecesAsync(folder["a.tar.gz"]);
        Assert.Equal(["z.json", "d/b.ndjson", "d/b.ndjson", "a.json.gz"], pieces.Select(p => p.File.Split('!')[1]));
        Assert.Equal([null, 1, 2, null], pieces.Select(p => p.Line));
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(pieces[3].Text.Span));
        Assert.EndsWith("!readme.txt", Assert.Single(skipped), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_gives_an_error_after_its_members()
    {
        var noise = Enumerable.Range(0, 50_000).Select(i => (byte)(i * 31 % 251)).ToArray();
        ImportSamples.Tar(folder["a.tar.gz"], ("a.json", "{}"u8.ToArray()), ("b.json", noise));
        var bytes = File.ReadAllBytes(folder["a.tar.gz"]);
        File.WriteAllBytes(folder["cut.tar.gz"], bytes[..(bytes.Length * 2 / 3)]);
        var pieces = await PiecesAsync(folder["cut.tar.gz"]);
        Assert.Null(pieces[0].Error);
        Assert.NotNull(pieces[^1].Error);
    }

    [Fact]
    public void A_folder_has_hospitals_and_practitioners_first()
    {
        foreach (var name in new[] { "b.json", "a/z.ndjson.gz", "practitionerInformation1.json", "x/hospitalInformation1.json", "a.txt" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            File.WriteAllText(folder[name], "{}");
        }

        var source = Assert.Single(SourceList.Expand([folder.Path]).Value);
        Assert.Equal(
            ["x/hospitalInformation1.json", "practitionerInformation1.json", "a/z.ndjson.gz", "b.json"],
            source.Files.Select(f => Path.GetRelativePath(folder.Path, f.Path)));
        Assert.EndsWith("a.txt", Assert.Single(source.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_is_refused_before_anything_is_read()
    {
        Assert.True(SourceList.Expand([folder["none.json"]]).Failed(out var failure));
        Assert.Contains("none.json is not there", failure.ToString(), StringComparison.Ordinal);
        File.WriteAllText(folder["a.xml"], "<a/>");
        Assert.True(SourceList.Expand([folder["a.xml"]]).Failed(out failure));
        Assert.Contains(".ndjson", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_have_200_resources_and_no_id_twice()
    {
        var lines = Enumerable.Range(0, 450).Select(i => ImportSamples.Patient($"p{i}")).Append(ImportSamples.Patient("p449"));
        File.WriteAllLines(folder["a.ndjson"], lines);
        var items = new List<WorkItem>();
        await foreach (var item in new ItemBuilder(FhirDefinitions.R4).BuildAsync(ReadAsync(folder["a.ndjson"], 1_000_000), default))
        {
            items.Add(item);
        }

        Assert.Equal([200, 200, 50, 1], items.Select(i => i.Resources));
        Assert.Equal([0, 1, 2, 3], items.Select(i => i.Number));
    }

    private async Task<List<SourcePiece>> PiecesAsync(string path, int limit = 1_000_000)
    {
        var pieces = new List<SourcePiece>();
        await foreach (var piece in ReadAsync(path, limit))
        {
            pieces.Add(piece);
        }

        return pieces;
    }

    private IAsyncEnumerable<SourcePiece> ReadAsync(string path, int limit) =>
        new SourceReader(limit, new ImportProgress(), skipped.Add).ReadAsync(SourceList.Expand([path]).Value[0].Files[0], default);
}
