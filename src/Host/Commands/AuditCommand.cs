using System.CommandLine;
using System.Globalization;
using Salus.Access;

namespace Salus.Host.Commands;

/// <summary><c>salus audit verify</c>: is the audit trail whole. Exit code 0: it is; 1: something was changed, removed or inserted; 2: could not be checked; 130: interrupted.</summary>
internal static class AuditCommand
{
    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder to check, whether a server runs on it or not. Default: as for serve. With Salus:Postgres set, that database is checked." };
        var day = new Option<string?>("--day") { Description = "Only what was linked on this day (UTC), as 2026-03-01. Default: everything." };
        var verify = new Command("verify", "Proves that no entry was changed, removed, inserted or reordered, and names the first one that was.") { data, day };
        verify.SetAction(async (parsed, stop) => await RunAsync(parsed.GetValue(day), parsed.GetValue(data), stop));
        return new Command("audit", "The audit trail: who saw and did what.") { verify };
    }

    private static async Task<int> RunAsync(string? day, string? data, CancellationToken stop)
    {
        if (!DateOnly.TryParseExact(day ?? "2000-01-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var only))
        {
            await Console.Error.WriteLineAsync($"salus: --day is '{day}'; it takes a day such as 2026-03-01.");
            return 2;
        }

        DateOnly? of = day is null ? null : only;
        return await CheckedStore.UseAsync(data, "audit verify", beside: true, async store =>
        {
            await Console.Out.WriteLineAsync($"Verifying the audit trail of {store.Description}");
            var verdict = await store.Audit.RunAsync(of, stop);
            await Console.Out.WriteLineAsync(Words(verdict, of));
            return verdict.Ok ? 0 : 1;
        }, stop);
    }

    private static string Words(AuditVerdict verdict, DateOnly? day) => verdict.FirstBad is { } fault
        ? string.Create(CultureInfo.InvariantCulture, $"The trail is NOT whole. First: {(fault.Id is { } id ? $"entry {id}, " : "")}{(fault.At is { } at ? $"{at:yyyy-MM-dd HH:mm:ss.fff} UTC: " : "")}{fault.Reason}")
        : day is { } none && verdict.Checked == 0
            ? string.Create(CultureInfo.InvariantCulture, $"There are no entries of {none:yyyy-MM-dd} (UTC): none was linked on that day, or they are older than what is kept. The seals and the end of the chain are whole.")
            : string.Create(CultureInfo.InvariantCulture, $"The trail is whole: {verdict.Checked:N0} entries checked, {verdict.Open:N0} of them the newest, not linked yet.");
}
