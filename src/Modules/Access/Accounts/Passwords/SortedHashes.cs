using System.Text;
using Microsoft.Win32.SafeHandles;
using Salus.Kernel;

namespace Salus.Access.Accounts.Passwords;

/// <summary>A text file of hexadecimal hashes in order, a line each, perhaps with a colon and more behind. Searched by halving on disk: the published list has some 40 GB. Safe for many threads.</summary>
internal sealed class SortedHashes : IDisposable
{
    private const int Digits = 40;

    private readonly SafeFileHandle file;
    private readonly long length;

    private SortedHashes(SafeFileHandle file)
    {
        this.file = file;
        length = RandomAccess.GetLength(file);
    }

    /// <exception cref="CannotStartException">It is not there, or no such list.</exception>
    public static SortedHashes Open(string path)
    {
        try
        {
            var list = new SortedHashes(File.OpenHandle(path));
            if (list.length == 0 || list.LineAt(0) is not { } first || first.Length < Digits || first[..Digits].Any(c => !char.IsAsciiHexDigit(c)))
            {
                throw new CannotStartException($"Salus:Access:Accounts:BreachedPasswords: {path} is no list of SHA-1 hashes, 40 hexadecimal digits a line. Name another file or leave it out.");
            }

            return list;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CannotStartException($"Salus:Access:Accounts:BreachedPasswords: {path} cannot be read: {e.Message} Correct it or leave it out.", e);
        }
    }

    /// <summary>Whether a line begins with this hash, in capitals.</summary>
    public bool Contains(string hash)
    {
        long low = 0, high = length;
        while (low < high)
        {
            var middle = LineStart(low + ((high - low) / 2), low);
            var line = LineAt(middle);
            var order = string.CompareOrdinal(line.Length >= Digits ? line[..Digits].ToUpperInvariant() : line, hash);
            if (order == 0)
            {
                return true;
            }

            if (order < 0)
            {
                low = middle + line.Length + 1;
            }
            else
            {
                high = middle;
            }
        }

        return false;
    }

    public void Dispose() => file.Dispose();

    // The beginning of the line in which a position is, not before another.
    private long LineStart(long position, long floor)
    {
        Span<byte> buffer = stackalloc byte[128];
        while (position > floor)
        {
            var from = Math.Max(floor, position - buffer.Length);
            var piece = buffer[..(int)(position - from)];
            RandomAccess.Read(file, piece, from);
            var end = piece.LastIndexOf((byte)'\n');
            if (end >= 0)
            {
                return from + end + 1;
            }

            position = from;
        }

        return floor;
    }

    private string LineAt(long start)
    {
        Span<byte> buffer = stackalloc byte[128];
        var read = buffer[..RandomAccess.Read(file, buffer, start)];
        var end = read.IndexOf((byte)'\n');
        return Encoding.ASCII.GetString(end < 0 ? read : read[..end]);
    }
}
