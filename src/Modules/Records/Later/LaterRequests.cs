using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Export;
using Salus.Records.Http;
using Salus.Records.Jobs;
using Salus.Records.Operations;

namespace Salus.Records.Later;

/// <summary>A request that is answered later, as a batch of reads.</summary>
/// <param name="Address">The FHIR base as the client saw it, for the links in the answer.</param>
/// <param name="Bundle">The batch.</param>
internal sealed record LaterRequest(string Address, string Bundle);

/// <summary>
/// <c>Prefer: respond-async</c> on what only reads (http://hl7.org/fhir/R4/async.html; the result as in https://hl7.org/fhir/R5/async-bundle.html): searches, histories, operations that change nothing,
/// and batches of them. They are noted as a batch, so that the answer is the batch-response that the pattern asks for. Other requests are answered at once, as servers may.
/// </summary>
internal sealed class LaterRequests(JobTable jobs, OperationSet operations, FhirDefinitions definitions, IOptions<RecordsOptions> options)
{
    private const int MostBytes = 1_000_000;

    /// <summary>A GET; null when it is to be answered at once.</summary>
    public async Task<Outcome<Reply>?> GetAsync(FhirExchange exchange, HttpRequest request)
    {
        if (!exchange.RespondAsync || exchange.Lenient || !HttpMethods.IsGet(request.Method) || !request.Path.StartsWithSegments(FhirEndpoints.Base, out var below))
        {
            return null;
        }

        var path = below.Value!.TrimStart('/');
        return IsLong(path.Split('/')) ? (Outcome<Reply>?)await NoteAsync(exchange, Batch($"{path}{request.QueryString.Value}"), $"{exchange.Address}/{path}{request.QueryString.Value}") : null;
    }

    /// <summary>A search by POST, as the GET that it stands for; null when it is to be answered at once.</summary>
    public async Task<Outcome<Reply>?> SearchAsync(FhirExchange exchange, string type, IEnumerable<KeyValuePair<string, string>> query)
    {
        if (exchange is not { RespondAsync: true, Lenient: false })
        {
            return null;
        }

        var url = $"{type}?{string.Join('&', query.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"))}";
        return await NoteAsync(exchange, Batch(url), $"{exchange.Address}/{type}/_search");
    }

    /// <summary>A bundle; null when it is to be answered at once, because it writes or is large.</summary>
    public async Task<Outcome<Reply>?> BundleAsync(FhirExchange exchange, ReadOnlyMemory<byte> body) =>
        exchange.RespondAsync && body.Length <= MostBytes && ResourceReader.TryRead(body, definitions, out var document, out _) && OnlyReads(document.Root)
            ? (Outcome<Reply>?)await NoteAsync(exchange, Encoding.UTF8.GetString(body.Span), $"{exchange.Address}/")
            : null;

    private bool IsLong(string[] path) => definitions.Resource(path[0]) is not null && path switch
    {
        [_] => true,
        [_, ['$', .. var name]] => OnlyReads(path[0], OperationLevels.Type, name),
        [_, _, ['$', .. var name]] => OnlyReads(path[0], OperationLevels.Instance, name),
        [_, "_history"] or [_, _, _] => true,
        _ => false,
    };

    private bool OnlyReads(string type, OperationLevels level, string name) =>
        operations.Of(type).Any(d => d.Name == name && d.IsFor(type, level) && d is { ChangesState: false, Name: not ExportOperation.Name });

    private static bool OnlyReads(Element bundle)
    {
        var any = false;
        foreach (var entry in bundle.Named("entry"))
        {
            any = true;
            if (entry.Child("request"u8).Child("method"u8).AsString() != "GET")
            {
                return false;
            }
        }

        return any && bundle.Type?.Name == "Bundle" && bundle.Child("type"u8).AsString() == "batch";
    }

    private async Task<Outcome<Reply>> NoteAsync(FhirExchange exchange, string bundle, string url)
    {
        var order = new JobOrder(IJobKind.Request, url, JsonSerializer.Serialize(new LaterRequest(exchange.Address, bundle)), Steps: 1, options.Value.MaxLaterRequests);
        return await jobs.AddAsync(exchange.Caller, order, exchange.Stop) is { } id
            ? JobStatus.Begun(exchange.Address, id, "The request is noted;")
            : JobStatus.TooMany(order, "Salus:Records:MaxLaterRequests");
    }

    private static string Batch(string url)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Bundle");
            writer.WriteString("type", "batch");
            writer.WriteStartArray("entry");
            writer.WriteStartObject();
            writer.WriteStartObject("request");
            writer.WriteString("method", "GET");
            writer.WriteString("url", url);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
