using System.Text;

namespace Salus.Records.Terminology.Loading;

/// <summary>Lines of a text file in UTF-8, and the ways in which they have fields.</summary>
internal static class Lines
{
    /// <summary>The lines with their numbers, from 1.</summary>
    public static IEnumerable<(int Number, string Text)> Of(SourceFile file)
    {
        using var reader = new StreamReader(file.Open(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            yield return (++number, line);
        }
    }

    /// <summary>Rows of fields between separators, without quotes: RRF (<c>|</c>), RF2 (tab).</summary>
    /// <exception cref="InvalidDataException">A row has fewer fields than <paramref name="fields"/>.</exception>
    public static IEnumerable<string[]> Split(SourceFile file, char separator, int fields, bool header)
    {
        foreach (var (number, text) in Of(file))
        {
            if (text.Length == 0 || (header && number == 1))
            {
                continue;
            }

            var row = text.Split(separator);
            yield return row.Length >= fields ? row : throw Wrong(file, number, $"has {row.Length} fields; {fields} are expected");
        }
    }

    /// <summary>Rows of a CSV file with a header line (RFC 4180): fields by the names of their columns.</summary>
    /// <exception cref="InvalidDataException">There is no header line, or a row has more fields than it.</exception>
    public static IEnumerable<CsvRow> Csv(SourceFile file, char separator = ',')
    {
        Dictionary<string, int>? columns = null;
        foreach (var (number, fields) in CsvRows(file, separator))
        {
            if (columns is null)
            {
                columns = fields.Select((name, at) => (name: name.Trim(), at)).GroupBy(c => c.name).ToDictionary(g => g.Key, g => g.First().at, StringComparer.OrdinalIgnoreCase);
            }
            else
            {
                yield return new CsvRow(file, number, columns, fields);
            }
        }
    }

    public static InvalidDataException Wrong(SourceFile file, int line, string what) => new($"{file.Name}:{line} {what}.");

    private static IEnumerable<(int Number, List<string> Fields)> CsvRows(SourceFile file, char separator)
    {
        var (fields, field, quoted, start) = (new List<string>(), new StringBuilder(), false, 0);
        foreach (var (number, text) in Of(file))
        {
            start = quoted ? start : number;
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = !quoted;
                }
                else if (c == separator && !quoted)
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }
                else
                {
                    field.Append(c);
                }
            }

            if (quoted)
            {
                field.Append('\n');
                continue;
            }

            if (fields.Count > 0 || field.Length > 0)
            {
                fields.Add(field.ToString());
                yield return (start, fields);
            }

            (fields, field) = ([], new StringBuilder());
        }

        if (quoted)
        {
            throw Wrong(file, start, "opens a quote that is never closed");
        }
    }
}

/// <summary>A row of a CSV file.</summary>
internal sealed class CsvRow(SourceFile file, int line, Dictionary<string, int> columns, List<string> fields)
{
    /// <summary>The field of a column; empty where the row ends before it.</summary>
    /// <exception cref="InvalidDataException">The file has no such column.</exception>
    public string this[string column] => columns.TryGetValue(column, out var at)
        ? at < fields.Count ? fields[at].Trim() : ""
        : throw Lines.Wrong(file, line, $"is of a table without the column '{column}'; it has {string.Join(", ", columns.Keys)}");

    public bool Has(string column) => columns.ContainsKey(column);
}
