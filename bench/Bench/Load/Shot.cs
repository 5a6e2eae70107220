using System.Globalization;
using System.Text;

namespace Salus.Bench.Load;

/// <summary>One request, ready to be sent: headers and body, and where in them a number is written that no other request has.</summary>
/// <param name="NumberAt">Of <see cref="NumberDigits"/> digits; -1 for none.</param>
internal readonly record struct Shot(byte[] Bytes, int NumberAt)
{
    public const int NumberDigits = 12;

    /// <summary>Stands in a body where the number goes.</summary>
    public static readonly string NumberMark = new('#', NumberDigits);

    public static Shot Get(string path) => new(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/fhir+json\r\n\r\n"), -1);

    public static Shot Send(string method, string path, ReadOnlySpan<byte> body)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/fhir+json\r\nContent-Type: application/fhir+json\r\nPrefer: return=minimal\r\nContent-Length: {body.Length}\r\n\r\n");
        byte[] bytes = [.. Encoding.ASCII.GetBytes(head), .. body];
        return new(bytes, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NumberMark)));
    }
}

/// <summary>What clients send: one of the groups by weight, and a random shot of it.</summary>
internal sealed record Workload(string Name, params (int Weight, Shot[] Shots)[] Groups)
{
    public Workload(string name, Shot[] shots)
        : this(name, (1, shots))
    {
    }

    /// <summary>Whether each answered request stores something.</summary>
    public bool Writes { get; init; }

    public Shot Pick(ref ulong state)
    {
        // Xorshift: enough to choose with, and next to nothing.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        var left = (int)((state >> 32) % (ulong)Groups.Sum(static g => g.Weight));
        foreach (var (weight, shots) in Groups)
        {
            left -= weight;
            if (left < 0)
            {
                return shots[(int)(state % (ulong)shots.Length)];
            }
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
