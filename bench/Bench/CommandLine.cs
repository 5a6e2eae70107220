using System.Globalization;

namespace Salus.Bench;

/// <summary>Options as pairs of a name and a value, for commands that have their own.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">An option is not known, or has no value.</exception>
    public CommandLine(ReadOnlySpan<string> args, params ReadOnlySpan<string> known)
    {
        Text = string.Join(' ', args.ToArray());
        for (; !args.IsEmpty; args = args[2..])
        {
            if (args.Length < 2 || !(known.Contains(args[0]) || args[0] is "--results" or "--page" or "--data"))
            {
                throw new ArgumentException($"{args[0]} is not an option of this command, or has no value.");
            }

            values[args[0]] = args[1];
        }
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public string Results => values.GetValueOrDefault("--results") ?? Path.Combine("bench", "results", Machine.Name);

    /// <summary>The folder of data sets.</summary>
    public string Data => values.GetValueOrDefault("--data") ?? Environment.GetEnvironmentVariable("SALUS_DATA") ?? Path.Combine("..", "shared", "data");

    public string? Get(string name) => values.GetValueOrDefault(name);

    public string Page(string name) => Path.Combine(Results, values.GetValueOrDefault("--page") ?? name);

    public long Number(string name, long otherwise) => Get(name) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"{name} {text} is no number.");

    public TimeSpan Seconds(string name, double otherwise) => TimeSpan.FromSeconds(Get(name) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"{name} {text} is no number."));

    public long[] Numbers(string name, string otherwise) =>
        [.. (Get(name) ?? otherwise).Split(',').Select(t => long.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : throw new ArgumentException($"{name}: '{t}' is no number."))];
}
