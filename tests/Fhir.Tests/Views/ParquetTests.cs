using System.Runtime.InteropServices;
using Salus.Fhir.Views;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Views;

/// <summary>
/// The Parquet files are read back by DuckDB, through its C API. SALUS_DUCKDB names its library (libduckdb.so, as the npm package @duckdb/node-bindings-linux-x64 brings it); without
/// it, the tests say so and end.
/// </summary>
public class ParquetTests(ITestOutputHelper output)
{
    private static readonly View View = Rows.View("Observation", """
        [{"column":[{"name":"id","path":"id"},{"name":"final","path":"status = 'final'"},{"name":"text","path":"code.text"},{"name":"number","path":"value.ofType(Quantity).value"},
          {"name":"count","path":"component.count()"},{"name":"big","path":"component.count()","tag":[{"name":"ansi/type","value":"BIGINT"}]},
          {"name":"day","path":"effective.ofType(dateTime)","tag":[{"name":"ansi/type","value":"DATE"}]},{"name":"moment","path":"issued","tag":[{"name":"ansi/type","value":"TIMESTAMP"}]},
          {"name":"codes","path":"code.coding.code","collection":true},{"name":"flags","path":"component.value.ofType(boolean)","collection":true},{"name":"subject","path":"subject"}]}]
        """);

    [Fact]
    public void DuckDB_reads_every_type_nulls_and_lists()
    {
        string[] resources =
        [
            """{"resourceType":"Observation","id":"a","status":"final","code":{"text":"t\u00e4 'x'","coding":[{"code":"1"},{"code":"2"}]},"valueQuantity":{"value":-1.25},"effectiveDateTime":"2020-02-29T23:00:00-05:00","issued":"1969-12-31T23:59:59.5Z","component":[{"code":{},"valueBoolean":true},{"code":{},"valueBoolean":false}],"subject":{"reference":"Patient/1"}}""",
            """{"resourceType":"Observation","id":"b","status":"amended"}""",
            """{"resourceType":"Observation","id":"c","status":"final","code":{"text":""}}""",
        ];
        if (Query(Rows.Write(View, RowFormat.Parquet, resources), "select * from FILE order by id") is not { } rows)
        {
            return;
        }

        Assert.Equal("a|true|tä 'x'|-1.25|2|2|2020-02-29|1969-12-31 23:59:59.5+00|[1, 2]|[true, false]|{\"reference\":\"Patient/1\"}", rows[0]);
        Assert.Equal("b|false|NULL|NULL|0|0|NULL|NULL|[]|[]|NULL", rows[1]);
        Assert.StartsWith("c|true||NULL|0|0|", rows[2], StringComparison.Ordinal);
        Assert.Equal(
            "BIGINT|BOOLEAN|DATE|DOUBLE|INTEGER|TIMESTAMP WITH TIME ZONE|VARCHAR",
            string.Join('|', Query(Rows.Write(View, RowFormat.Parquet, resources), "select distinct column_type from (describe select * from FILE) where column_type not like '%[]' order by 1")!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(250_001)]
    public void DuckDB_reads_as_many_rows_as_were_written(int count)
    {
        var view = Rows.View("Patient", """[{"column":[{"name":"id","path":"id"},{"name":"male","path":"gender = 'male'"},{"name":"given","path":"name.given","collection":true}]}]""");
        var (run, writer) = (view.Start(), RowWriter.Create(RowFormat.Parquet, view));
        var bytes = new MemoryStream();
        writer.Begin();
        for (var i = 0; i < count; i++)
        {
            var gender = (i % 3) switch { 0 => ",\"gender\":\"male\"", 1 => ",\"gender\":\"female\"", _ => "" };
            Assert.True(run.TryAdd(Rows.Read($$"""{"resourceType":"Patient","id":"{{i}}"{{gender}},"name":[{"given":["g","h"]}]}""").Root, writer, out _));
            bytes.Write(writer.Pending.Span);
            writer.Taken();
        }

        writer.End();
        bytes.Write(writer.Pending.Span);
        if (Query(bytes.ToArray(), "select count(*), count(*) filter (male), count(*) filter (male is null), count(distinct id), coalesce(sum(len(given)), 0) from FILE") is { } rows)
        {
            Assert.Equal([$"{count}|{(count + 2) / 3}|{count / 3}|{count}|{2 * count}"], rows);
        }
    }

    /// <summary>The rows of a query, or null when DuckDB is not there.</summary>
    private List<string>? Query(byte[] parquet, string sql)
    {
        if (Environment.GetEnvironmentVariable("SALUS_DUCKDB") is not { Length: > 0 } library)
        {
            output.WriteLine("Skipped: SALUS_DUCKDB does not name DuckDB's library.");
            return null;
        }

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, parquet);
            return new DuckDb(library).Query($"set timezone = 'UTC'", sql.Replace("FILE", $"read_parquet('{file}')", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>As much of DuckDB's C API as a query needs (https://duckdb.org/docs/stable/clients/c/overview).</summary>
    private sealed class DuckDb(string path)
    {
        private readonly nint library = NativeLibrary.Load(path);

        private delegate int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string? path, out nint database);

        private delegate int Connect(nint database, out nint connection);

        private delegate int Run(nint connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, nint result);

        private delegate ulong Size(nint result);

        private delegate nint Value(nint result, ulong column, ulong row);

        private delegate nint Text(nint result);

        public List<string> Query(string setup, string sql)
        {
            Assert.Equal(0, Function<Open>("duckdb_open")(null, out var database));
            Assert.Equal(0, Function<Connect>("duckdb_connect")(database, out var connection));
            var result = Marshal.AllocHGlobal(256);
            Assert.Equal(0, Function<Run>("duckdb_query")(connection, setup, result));
            var code = Function<Run>("duckdb_query")(connection, Castable(sql), result);
            Assert.True(code == 0, Marshal.PtrToStringUTF8(Function<Text>("duckdb_result_error")(result)));
            var (columns, rows) = (Function<Size>("duckdb_column_count")(result), Function<Size>("duckdb_row_count")(result));
            var value = Function<Value>("duckdb_value_varchar");
            return [.. Enumerable.Range(0, (int)rows).Select(r => string.Join('|', Enumerable.Range(0, (int)columns).Select(c => Marshal.PtrToStringUTF8(value(result, (ulong)c, (ulong)r)) ?? "NULL")))];
        }

        // The old way to read values knows no lists: everything becomes text first.
        private static string Castable(string sql) => $"select cast(columns(*) as varchar) from ({sql})";

        private T Function<T>(string name) where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
    }
}
