using System.Globalization;
using System.Text;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>QR codes (ISO/IEC 18004) of up to 230 bytes: byte mode, error correction L, versions 1 to 9, mask 0. Enough for the address that an authenticator app reads.</summary>
internal sealed class QrCode
{
    // By version: code words of data in a block, of correction in a block, blocks; second place of the alignment patterns (and third from version 7 on).
    private static readonly (int Data, int Correction, int Blocks, int[] Alignment)[] Versions =
    [
        (19, 7, 1, []), (34, 10, 1, [6, 18]), (55, 15, 1, [6, 22]), (80, 20, 1, [6, 26]), (108, 26, 1, [6, 30]),
        (68, 18, 2, [6, 34]), (78, 20, 2, [6, 22, 38]), (97, 24, 2, [6, 24, 42]), (116, 30, 2, [6, 26, 46]),
    ];

    private readonly int size;
    private readonly bool[,] dark;
    private readonly bool[,] taken;

    private QrCode(int version, byte[] words)
    {
        size = 17 + (4 * version);
        dark = new bool[size, size];
        taken = new bool[size, size];
        Finder(3, 3);
        Finder(size - 4, 3);
        Finder(3, size - 4);
        Alignment(Versions[version - 1].Alignment);
        Timing();
        Format();
        if (version >= 7)
        {
            VersionBits(version);
        }

        Place(words);
    }

    /// <summary>The code as an SVG picture with the quiet zone around it; null when the text is too long.</summary>
    public static string? Svg(string text)
    {
        if (Of(text) is not { } code)
        {
            return null;
        }

        var path = new StringBuilder();
        for (var y = 0; y < code.size; y++)
        {
            for (var x = 0; x < code.size; x++)
            {
                if (code.dark[x, y])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x + 4} {y + 4}h1v1h-1z");
                }
            }
        }

        var edge = code.size + 8;
        return string.Create(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {edge} {edge}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{edge}v{edge}H0z"/><path d="{path}"/></svg>""");
    }

    private static QrCode? Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var version = Array.FindIndex(Versions, v => (v.Data * v.Blocks) - 2 >= bytes.Length) + 1;
        return version == 0 ? null : new QrCode(version, Words(bytes, Versions[version - 1]));
    }

    // Mode (4 bits), length (8 bits), bytes, end (4 bits): all of it is shifted by half a byte.
    private static byte[] Words(byte[] bytes, (int Data, int Correction, int Blocks, int[] Alignment) version)
    {
        var data = new byte[version.Data * version.Blocks];
        data[0] = (byte)(0x40 | (bytes.Length >> 4));
        data[1] = (byte)(bytes.Length << 4);
        for (var i = 0; i < bytes.Length; i++)
        {
            data[i + 1] |= (byte)(bytes[i] >> 4);
            data[i + 2] = (byte)(bytes[i] << 4);
        }

        for (var i = bytes.Length + 2; i < data.Length; i++)
        {
            data[i] = (byte)((i - bytes.Length) % 2 == 0 ? 0xEC : 0x11);
        }

        var blocks = data.Chunk(version.Data).ToList();
        var corrections = blocks.Select(b => Correction(b, version.Correction)).ToList();
        return [.. Enumerable.Range(0, version.Data).SelectMany(i => blocks.Select(b => b[i])), .. Enumerable.Range(0, version.Correction).SelectMany(i => corrections.Select(c => c[i]))];
    }

    // Reed-Solomon over GF(256) with the polynomial 0x11D.
    private static byte[] Correction(byte[] block, int count)
    {
        var generator = new byte[count];
        generator[^1] = 1;
        byte root = 1;
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                generator[j] = (byte)(Times(generator[j], root) ^ (j + 1 < count ? generator[j + 1] : 0));
            }

            root = Times(root, 2);
        }

        var rest = new byte[count];
        foreach (var value in block)
        {
            var factor = (byte)(value ^ rest[0]);
            Array.Copy(rest, 1, rest, 0, count - 1);
            rest[^1] = 0;
            for (var j = 0; j < count; j++)
            {
                rest[j] ^= Times(generator[j], factor);
            }
        }

        return rest;
    }

    private static byte Times(byte a, byte b)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((b >> bit) & 1) * a;
        }

        return (byte)product;
    }

    private void Set(int x, int y, bool value)
    {
        dark[x, y] = value;
        taken[x, y] = true;
    }

    private void Finder(int centreX, int centreY)
    {
        for (var dy = -4; dy <= 4; dy++)
        {
            for (var dx = -4; dx <= 4; dx++)
            {
                var (x, y) = (centreX + dx, centreY + dy);
                if (x >= 0 && y >= 0 && x < size && y < size)
                {
                    Set(x, y, Math.Max(Math.Abs(dx), Math.Abs(dy)) is not (2 or 4));
                }
            }
        }
    }

    private void Alignment(int[] places)
    {
        foreach (var (x, y) in places.SelectMany(x => places.Select(y => (x, y))).Where(p => !taken[p.x, p.y]))
        {
            for (var dy = -2; dy <= 2; dy++)
            {
                for (var dx = -2; dx <= 2; dx++)
                {
                    Set(x + dx, y + dy, Math.Max(Math.Abs(dx), Math.Abs(dy)) != 1);
                }
            }
        }
    }

    private void Timing()
    {
        for (var i = 8; i < size - 8; i++)
        {
            Set(i, 6, i % 2 == 0);
            Set(6, i, i % 2 == 0);
        }
    }

    // Level L (01) and mask 0, with their check bits, twice.
    private void Format()
    {
        const int Data = 0b01_000;
        var rest = Data;
        for (var i = 0; i < 10; i++)
        {
            rest = (rest << 1) ^ ((rest >> 9) * 0x537);
        }

        var bits = ((Data << 10) | rest) ^ 0x5412;
        for (var i = 0; i < 15; i++)
        {
            var bit = ((bits >> i) & 1) != 0;
            Set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, bit);
            Set(i < 8 ? size - 1 - i : i == 8 ? 7 : 14 - i, 8, bit);
        }

        Set(8, size - 8, true);
    }

    private void VersionBits(int version)
    {
        var rest = version;
        for (var i = 0; i < 12; i++)
        {
            rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
        }

        var bits = (version << 12) | rest;
        for (var i = 0; i < 18; i++)
        {
            var bit = ((bits >> i) & 1) != 0;
            Set(size - 11 + (i % 3), i / 3, bit);
            Set(i / 3, size - 11 + (i % 3), bit);
        }
    }

    // Up and down in columns of two from the right, around the vertical timing pattern.
    private void Place(byte[] words)
    {
        var next = 0;
        for (var right = size - 1; right >= 1; right -= 2)
        {
            right = right == 6 ? 5 : right;
            var upward = ((right + 1) & 2) == 0;
            for (var step = 0; step < size; step++)
            {
                var y = upward ? size - 1 - step : step;
                for (var x = right; x > right - 2; x--)
                {
                    if (!taken[x, y])
                    {
                        var bit = next < words.Length * 8 && ((words[next >> 3] >> (7 - (next & 7))) & 1) != 0;
                        next++;
                        dark[x, y] = bit ^ ((x + y) % 2 == 0);
                    }
                }
            }
        }
    }
}
