using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Jobs;

namespace Salus.Records.Import.Bulk;

/// <summary>
/// What could not be stored, an OperationOutcome each: rows while the input is being read, in the transaction that saves its progress, so that none is there
/// twice; a file of the job when the input is done.
/// </summary>
internal sealed partial class ImportErrors(IObjectStore store)
{
    public static async Task AddAsync(NpgsqlConnection connection, Job job, ImportInput input, IReadOnlyList<ImportRejection> rejections, CancellationToken ct)
    {
        if (rejections.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "insert into records.job_rejection (job, input, line, outcome) select $1, $2, l, o from unnest($3::int[], $4::text[]) r (l, o)", connection)
        {
            Parameters =
            {
                new() { Value = job.Id }, new() { Value = input.Number }, new() { Value = rejections.Select(r => r.Line ?? 0).ToArray() },
                new() { Value = rejections.Select(r => Outcome(input, r)).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Makes the file of an input that is done; null when everything was stored.</summary>
    public async Task<JobFile?> ToFileAsync(NpgsqlConnection connection, Job job, ImportInput input, CancellationToken ct)
    {
        if (input.Rejected == 0)
        {
            return null;
        }

        var (count, bytes) = (0L, 0L);
        await store.PutAsync(
            JobFile.ObjectName(job, input.ErrorFile),
            async (stream, stop) =>
            {
                await using var command = Command(connection, "select outcome from records.job_rejection where job = $1 and input = $2 order by line", job, input);
                await using var reader = await command.ExecuteReaderAsync(stop);
                while (await reader.ReadAsync(stop))
                {
                    var line = Encoding.UTF8.GetBytes(reader.GetString(0) + "\n");
                    await stream.WriteAsync(line, stop);
                    count++;
                    bytes += line.Length;
                }
            },
            ct);
        await using var delete = Command(connection, "delete from records.job_rejection where job = $1 and input = $2", job, input);
        await delete.ExecuteNonQueryAsync(ct);
        return new JobFile(input.Number, input.ErrorFile, "error", "OperationOutcome", count, bytes);
    }

    /// <summary>Removes a file that was made for a job that is not there any more.</summary>
    public Task RemoveAsync(Job job, JobFile file) => store.DeleteAsync(JobFile.ObjectName(job, file.Name), CancellationToken.None);

    /// <summary>File, line, field and reason. The field is what the reason begins with, where it is about one.</summary>
    private static string Outcome(ImportInput input, ImportRejection rejection)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{input.Url}{(rejection.Line is { } line ? $", line {line}" : "")}{(rejection.Id is { } id ? $" ({rejection.Type}/{id})" : "")}");
        var field = Field().Match(rejection.Reason);
        return Encoding.UTF8.GetString(OperationOutcome.Error("invalid", $"{place}: {rejection.Reason}", field.Success ? field.Groups[1].Value : null));
    }

    [GeneratedRegex(@"^([A-Z][A-Za-z]*(?:\.[A-Za-z]+(?:\[\d+\])?)+): ")]
    private static partial Regex Field();

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, Job job, ImportInput input) =>
#pragma warning disable CA2100 // Written in this class.
        new(sql, connection) { Parameters = { new() { Value = job.Id }, new() { Value = input.Number } } };
#pragma warning restore CA2100
}
