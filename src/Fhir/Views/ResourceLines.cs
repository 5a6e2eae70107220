using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Views;

/// <summary>
/// Reads a stream of resources (or Bundles of them), one JSON object per line, and gives each to a <see cref="ViewRun"/>. Memory is bounded by the longest line.
/// </summary>
public sealed class ResourceLines(Stream source, FhirDefinitions definitions)
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int MaxLine = 256 * 1024 * 1024;

    private byte[] buffer = new byte[1024 * 1024];
    private Node[]? tape;
    private int start;
    private int end;
    private bool ended;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>How many resources were read.</summary>
    public long Resources { get; private set; }

    /// <summary>
    /// Reads the next resource and runs the view over it. False at the end, or with an issue when a line cannot be read or does not fit the view.
    /// </summary>
    public bool TryNext(ViewRun run, IViewRows rows, out Issue? issue)
    {
        issue = null;
        while (NextLine(out var line, ref issue))
        {
            Line++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (!ResourceReader.TryRead(line, definitions, tape, out var document, out issue) || !run.TryAddAll(document.Root, rows, out var count, out issue))
            {
                return false;
            }

            // The rows are made: nobody looks at this document again.
            tape = document.Nodes;
            Resources += count;
            return true;
        }

        return false;
    }

    private bool NextLine(out ReadOnlyMemory<byte> line, ref Issue? issue)
    {
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = buffer.AsMemory(start, searched + at);
                start += searched + at + 1;
                return true;
            }

            searched = end - start;
            if (ended)
            {
                line = buffer.AsMemory(start, searched);
                start = end;
                return searched > 0;
            }

            if (!Fill())
            {
                line = default;
                issue = new Issue(IssueSeverity.Fatal, "too-long", $"Line {Line + 1} is longer than {MaxLine} bytes: it is not a resource per line.");
                return false;
            }
        }
    }

    // What was read stays valid until the next line: rows are made before that.
    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            if (buffer.Length >= MaxLine)
            {
                return false;
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = source.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
        return true;
    }
}
