using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Salus.Bench;

/// <summary>A page of results: what was run, when, on what; then whatever is added. Written as a whole, also after each step of a long measurement.</summary>
internal sealed class ResultPage(string title, string command)
{
    private readonly DateTimeOffset started = TimeProvider.System.GetUtcNow();
    private readonly string load = Machine.Load;
    private readonly StringBuilder text = new();
    private readonly List<string> facts = [];

    /// <summary>A line of the head, such as <c>Data</c> or <c>Method</c>.</summary>
    public void Fact(string name, string value) => facts.Add($"- **{name}** {value}");

    /// <summary>Takes everything away but the head.</summary>
    public void Clear() => text.Clear();

    public void Line(string line = "") => text.Append(line).Append('\n');

    public void Format([InterpolatedStringHandlerArgument("")] ref Invariant line) => text.Append('\n');

    /// <summary>The head of a table.</summary>
    public void Columns(params ReadOnlySpan<string> names) =>
        text.Append("\n| ").AppendJoin(" | ", names).Append(" |\n|").Insert(text.Length, "---|", names.Length).Append('\n');

    public async Task WriteAsync(string path)
    {
        var now = TimeProvider.System.GetUtcNow();
        var head = new StringBuilder($"# {title}\n\n");
        head.Append(CultureInfo.InvariantCulture, $"- **Command** `eng/bench {command}`; commit {await CommitAsync()}; {started:yyyy-MM-dd HH:mm} UTC, {(now - started).TotalMinutes:F0} minutes.\n");
        head.Append(CultureInfo.InvariantCulture, $"- **Hardware** {Machine.Describe()}.\n");
        head.Append(CultureInfo.InvariantCulture, $"- **Load averages** (1, 5, 15 minutes) {load} at the start, {Machine.Load} at the end; this measurement is part of the latter.\n");
        head.AppendJoin('\n', facts).Append('\n').Append(text);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, head.ToString());
    }

    private static async Task<string> CommitAsync()
    {
        var start = new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--exclude=*"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var git = Process.Start(start);
        return git is null ? "unknown" : (await git.StandardOutput.ReadToEndAsync()).Trim() is { Length: > 0 } commit ? commit : "unknown";
    }

    /// <summary>Interpolation straight into the page, with a point in numbers on every machine.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Invariant
    {
        private readonly StringBuilder text;

        public Invariant(int literals, int holes, ResultPage page)
        {
            text = page.text;
            text.EnsureCapacity(text.Length + literals + (8 * holes));
        }

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted<T>(T value, string? format = null) where T : IFormattable => text.Append(value.ToString(format, CultureInfo.InvariantCulture));

        public void AppendFormatted(string? value) => text.Append(value);
    }
}
