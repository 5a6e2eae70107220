using System.Globalization;

namespace Salus.Bench;

/// <summary>What the command line says.</summary>
internal sealed record Arguments(string Data, string Results, int Passes)
{
    /// <summary>Null when it cannot be understood.</summary>
    public static Arguments? Read(ReadOnlySpan<string> args)
    {
        var read = new Arguments(
            Environment.GetEnvironmentVariable("SALUS_DATA") ?? Path.Combine("..", "shared", "data"), Path.Combine("bench", "results", Machine.Name), Passes: 5);
        for (; args.Length >= 2; args = args[2..])
        {
            var number = int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed > 0 ? parsed : 0;
            switch (args[0])
            {
                case "--data":
                    read = read with { Data = args[1] };
                    break;
                case "--results":
                    read = read with { Results = args[1] };
                    break;
                case "--passes" when number > 0:
                    read = read with { Passes = number };
                    break;
                default:
                    return null;
            }
        }

        return args.IsEmpty ? read : null;
    }
}
