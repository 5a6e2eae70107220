using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Records.Storage;

namespace Salus.Records.Import;

/// <summary>What holds for the pieces of a source that may be sent again without anybody's notice.</summary>
/// <param name="Type">The type of all its resources.</param>
/// <param name="NewId">The id of what has none: the same whenever the piece is read.</param>
internal sealed record RepeatableItems(string Type, Func<SourcePiece, string> NewId);

/// <summary>Makes numbered work items of the pieces of a source: bundles to run as they are, single resources in batches.</summary>
/// <param name="repeatable">Items that can all be sent twice; null when that does not matter.</param>
internal sealed class ItemBuilder(FhirDefinitions definitions, RepeatableItems? repeatable = null)
{
    public const string Unreadable = "(unreadable)";
    private const int MaxResources = 200;
    private const int MaxBytes = 4 * 1000 * 1000;
    private const int MaxRejections = 1000;

    private readonly List<WorkEntry> entries = [];
    private readonly List<ImportRejection> rejections = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private ArrayBufferWriter<byte> bundle = new();
    private int next;

    public async IAsyncEnumerable<WorkItem> BuildAsync(IAsyncEnumerable<SourcePiece> pieces, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var piece in pieces.WithCancellation(stop))
        {
            if (piece.Error is { } error)
            {
                Reject(piece, error);
            }
            else if (!ResourceReader.TryRead(piece.Text, definitions, out var document, out var issue))
            {
                Reject(piece, issue.Path is null ? issue.Message : $"{issue.Path}: {issue.Message}");
            }
            else if (repeatable is not null && document.Type.Name != repeatable.Type)
            {
                Reject(piece, $"{document.Type.Name}.resourceType: The line is a {document.Type.Name}; the input has the type {repeatable.Type}.");
            }
            else if (document.Type.Name == "Bundle" && document.Root.Child("type"u8).AsString() is "transaction" or "batch")
            {
                if (Close() is { } before)
                {
                    yield return before;
                }

                var whole = Whole(document, piece);
                if (repeatable is null || whole.Repeatable)
                {
                    yield return whole;
                    continue;
                }

                Reject(piece, "Bundle.entry: The bundle has entries that store something new whenever they are sent; it takes PUT and DELETE with an id. Give the resources on lines of their own.");
            }
            else
            {
                var id = document.Id ?? repeatable?.NewId(piece);
                var key = id is null ? null : $"{document.Type.Name}/{id}";
                if (entries.Count > 0 && (bundle.WrittenCount + document.Utf8.Length > MaxBytes || (key is not null && keys.Contains(key))))
                {
                    yield return Close()!;
                }

                Add(document, id, key, piece);
            }

            if (entries.Count >= MaxResources || rejections.Count >= MaxRejections)
            {
                yield return Close()!;
            }
        }

        if (Close() is { } last)
        {
            yield return last;
        }
    }

    private void Reject(SourcePiece piece, string reason) => rejections.Add(new ImportRejection(piece.File, piece.Line, null, null, null, reason, 1));

    private void Add(ResourceDocument document, string? id, string? key, SourcePiece piece)
    {
        if (id is not null && Preparation.CheckId(id) is { } bad)
        {
            rejections.Add(new ImportRejection(piece.File, piece.Line, null, document.Type.Name, id, bad.Problems[0].Message, 1));
            return;
        }

        bundle.Write(entries.Count == 0 ? """{"resourceType":"Bundle","type":"batch","entry":["""u8 : ","u8);
        // A checked id and a type of R4 need no JSON escapes.
        var request = key is null ? $$"""{"request":{"method":"POST","url":"{{document.Type.Name}}"},"resource":""" : $$"""{"request":{"method":"PUT","url":"{{key}}"},"resource":""";
        bundle.Write(Encoding.ASCII.GetBytes(request));
        Write(document, id);
        bundle.Write("}"u8);
        entries.Add(new WorkEntry(document.Type.Name, id, piece.File, piece.Line, null, true, key));
        if (key is not null)
        {
            keys.Add(key);
        }
    }

    private void Write(ResourceDocument document, string? id)
    {
        var text = document.Utf8.Span;
        if (id is not null && document.Id is null)
        {
            // A resource has a type at least, so something follows the brace that it begins with.
            text = text[(text.IndexOf((byte)'{') + 1)..];
            bundle.Write(Encoding.ASCII.GetBytes($$"""{"id":"{{id}}","""));
        }

        bundle.Write(text);
    }

    private WorkItem? Close()
    {
        if (entries.Count == 0 && rejections.Count == 0)
        {
            return null;
        }

        if (entries.Count > 0)
        {
            bundle.Write("]}"u8);
        }

        var item = new WorkItem(next++) { Bundle = bundle.WrittenMemory, Entries = [.. entries], Rejections = [.. rejections], Composed = true };
        bundle = new ArrayBufferWriter<byte>();
        entries.Clear();
        rejections.Clear();
        keys.Clear();
        return item;
    }

    private WorkItem Whole(ResourceDocument document, SourcePiece piece)
    {
        var list = new List<WorkEntry>();
        var traces = new List<(string, string)>();
        foreach (var entry in document.Root.Named("entry"))
        {
            var resource = entry.Child("resource"u8);
            var request = entry.Child("request"u8);
            var method = request.Child("method"u8).AsString();
            var address = (request.Child("url"u8).AsString() ?? "").Split('?', 2)[0];
            var type = resource.Exists ? resource.Type?.Name ?? Unreadable : address.Split('/')[0];
            // A DELETE writes too, so it keeps its order with others of the same address.
            var key = method is "PUT" or "DELETE" && address.Contains('/', StringComparison.Ordinal) ? address : null;
            list.Add(new WorkEntry(type, resource.Child("id"u8).AsString(), piece.File, piece.Line, list.Count, resource.Exists, key));
            if (traces.Count < 10 && method == "POST" && Token(resource) is { } token)
            {
                traces.Add((type, token));
            }
        }

        var atomic = document.Root.Child("type"u8).AsString() == "transaction";
        return new WorkItem(next++) { Bundle = document.Utf8, Document = document, Entries = list, Atomic = atomic, Traces = traces };
    }

    private static string? Token(Element resource)
    {
        foreach (var identifier in resource.Named("identifier"))
        {
            if (identifier.Child("value"u8).AsString() is { Length: > 0 } value && value.AsSpan().IndexOfAny(",|\\$") < 0)
            {
                var system = identifier.Child("system"u8).AsString();
                return system is null || system.AsSpan().IndexOfAny(",|\\$") >= 0 ? value : $"{system}|{value}";
            }
        }

        return null;
    }
}
