using Microsoft.AspNetCore.Http;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Views;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>
/// <c>ViewDefinition/$run</c> (https://sql-on-fhir.org/ig/latest/OperationDefinition-ViewDefinitionRun.html): rows as a stream, made in process from the stored resources or from those
/// in the request. It is no <c>IOperation</c>: those take and give FHIR resources, and a ViewDefinition is none of R4.
/// </summary>
internal sealed class ViewRunOperation(ViewStore store, ViewSource source, Vocabulary vocabulary, FhirDefinitions definitions)
{
    /// <summary>For the CapabilityStatement, which has no place for a type that R4 does not have.</summary>
    public static readonly OperationDefinition Definition =
        new("viewdefinition-run", "http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run", OperationLevels.System | OperationLevels.Type | OperationLevels.Instance);

    /// <summary>Rows are held back until there are so many bytes of them, so that an error before that is answered as an error.</summary>
    private const int Held = 64 * 1024;

    /// <param name="id">The view in the address; null at the level of the type.</param>
    public async Task<Outcome<Reply>> RunAsync(FhirExchange exchange, string? id, HttpContext http)
    {
        ReadOnlyMemory<byte> body = default;
        if (HttpMethods.IsPost(http.Request.Method) && exchange.HasBody)
        {
            var read = await exchange.BodyAsync();
            if (read.Failed(out var unread))
            {
                return unread;
            }

            body = read.Value;
        }

        var request = ViewRunRequest.Read(exchange.Query, exchange.Header("Accept"), body, definitions);
        if (request.Failed(out var failure))
        {
            return failure;
        }

        var definition = await DefinitionAsync(exchange.Caller, request.Value, id, exchange.Stop);
        if (definition.Failed(out failure))
        {
            return failure;
        }

        if (!View.TryCompile(definition.Value, definitions, out var view, out var issues))
        {
            return ViewInteractions.Unfit(issues);
        }

        var filter = await FilterAsync(exchange.Caller, request.Value, view, exchange.Stop);
        return filter.Failed(out failure) ? failure
            : await exchange.AuditStreamAsync(AuditKind.View, filter.Value?.Patients ?? []) is { } unrecorded ? unrecorded
            : await RunAsync(exchange.Caller, request.Value, view, filter.Value, http, exchange.Stop);
    }

    // Which resources of the record; null where they come with the request.
    private async Task<Outcome<ViewFilter?>> FilterAsync(Caller caller, ViewRunRequest request, View view, CancellationToken ct)
    {
        if (request.HasResources)
        {
            return (ViewFilter?)null;
        }

        if (!caller.Permit.Has(Permissions.Views))
        {
            return new Failure(FailureKind.Forbidden, "forbidden", $"To run views over the record needs the permission {Permissions.Views}, which you do not have. Resources that come with the request need none.");
        }

        var filter = await source.FilterAsync(caller, request, view.ResourceType, ct);
        return filter.Failed(out var failure) ? failure : filter.Value;
    }

    private async Task<Outcome<byte[]>> DefinitionAsync(Caller caller, ViewRunRequest request, string? id, CancellationToken ct)
    {
        if (id is not null && (request.ViewReference is not null || request.ViewResource is not null))
        {
            return new Failure(FailureKind.Invalid, "invalid", $"The address names the view {id}; viewReference and viewResource are for ViewDefinition/$run.", "viewReference");
        }

        if (request is { ViewReference: not null, ViewResource: not null })
        {
            return new Failure(FailureKind.Invalid, "invalid", "The request has a viewReference and a viewResource; it takes one of them.", "viewReference");
        }

        if (request.ViewResource is { } resource)
        {
            return resource;
        }

        var reference = id is null ? request.ViewReference : $"ViewDefinition/{id}";
        if (reference is null)
        {
            return new Failure(FailureKind.Invalid, "required", "There is no view to run: give a viewResource or a viewReference in a Parameters resource, the ViewDefinition itself as the body, or call ViewDefinition/[id]/$run.");
        }

        if (ViewInteractions.Refuse(caller, Interactions.Read) is { } forbidden)
        {
            return forbidden;
        }

        var stored = reference.StartsWith("ViewDefinition/", StringComparison.Ordinal)
            ? await FindAsync(caller, reference["ViewDefinition/".Length..], ct)
            : (await store.ListAsync(caller.Tenant, reference, null, ct)).FirstOrDefault();
        return stored is null
            ? new Failure(FailureKind.NotFound, "not-found", $"There is no {(reference.Length <= 200 ? reference : reference[..200])}.")
            : stored.Body;
    }

    private async Task<StoredView?> FindAsync(Caller caller, string id, CancellationToken ct) => Preparation.CheckId(id) is null ? await store.FindAsync(caller.Tenant, id, ct) : null;

    private async Task<Outcome<Reply>> RunAsync(Caller caller, ViewRunRequest request, View view, ViewFilter? filter, HttpContext http, CancellationToken ct)
    {
        var writer = RowWriter.Create(request.Format, view, request.Header);
        var rows = new LimitedRows(writer, request.Limit);
        var terminology = view.AsksTerminology ? new PathTerminology(vocabulary, caller.Tenant) : null;
        var run = view.Start(terminology?.In(PathContext.Default));
        writer.Begin();
        await AskAsync(terminology, run, [.. request.Resources.Select(r => r.Root)], ct);
        if (filter is null)
        {
            foreach (var resource in request.Resources.SelectMany(r => run.Resources(r.Root)))
            {
                if (!run.TryAdd(resource, rows, out var issue))
                {
                    return Ended(http, ViewInteractions.Unfit([issue]));
                }

                await FlushAsync(http, request.Format, writer, Held, ct);
            }
        }
        else if (await OverRecordAsync(caller, filter, view, run, terminology, rows, request.Format, http, ct) is { } ended)
        {
            return ended;
        }

        writer.End();
        await FlushAsync(http, request.Format, writer, 0, ct);
        return new Reply(200) { Sent = true };
    }

    /// <summary>Null when all rows were made; otherwise the answer, which is an error.</summary>
    private async Task<Outcome<Reply>?> OverRecordAsync(
        Caller caller, ViewFilter filter, View view, ViewRun run, PathTerminology? terminology, LimitedRows rows, RowFormat format, HttpContext http, CancellationToken ct)
    {
        for (long after = 0; !rows.Full;)
        {
            var page = await source.PageAsync(caller, view.ResourceType, filter, after, ct);
            if (page.Failed(out var failure))
            {
                return Ended(http, failure);
            }

            await AskAsync(terminology, run, [.. page.Value.Select(r => r.Document.Root)], ct);
            foreach (var (key, document) in page.Value)
            {
                after = key;
                if (!run.TryAdd(document.Root, rows, out var issue))
                {
                    return Ended(http, ViewInteractions.Unfit([issue]));
                }

                await FlushAsync(http, format, rows.Writer, Held, ct);
            }

            if (ViewSource.IsLast(page.Value))
            {
                break;
            }
        }

        return null;
    }

    // Learns from terminology what the view will ask of these resources, by running it over them for nothing.
    private static async Task AskAsync(PathTerminology? terminology, ViewRun run, IReadOnlyList<Element> resources, CancellationToken ct)
    {
        if (terminology is not null)
        {
            await terminology.EvaluateAsync(() => resources.Count(r => run.TryAddAll(r, Nowhere.Rows, out _, out _)), ct);
        }
    }

    // Once rows are on their way there is no status to change: the connection is cut, so that nobody takes a part for the whole.
    private static Outcome<Reply> Ended(HttpContext http, Outcome<Reply> answer)
    {
        if (!http.Response.HasStarted)
        {
            return answer;
        }

        http.Abort();
        return new Reply(200) { Sent = true };
    }

    /// <summary>Sends what waits when it is at least so much.</summary>
    private static async ValueTask FlushAsync(HttpContext http, RowFormat format, RowWriter writer, int least, CancellationToken ct)
    {
        if (writer.Pending.Length < least)
        {
            return;
        }

        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = 200;
            http.Response.ContentType = RowWriter.MediaType(format);
        }

        await http.Response.Body.WriteAsync(writer.Pending, ct);
        writer.Taken();
    }

    private sealed class Nowhere : IViewRows
    {
        public static readonly Nowhere Rows = new();

        public void Add(ReadOnlySpan<ViewCell> row)
        {
        }
    }

    private sealed class LimitedRows(RowWriter writer, long limit) : IViewRows
    {
        public RowWriter Writer => writer;

        public bool Full => writer.Rows >= limit;

        public void Add(ReadOnlySpan<ViewCell> row)
        {
            if (!Full)
            {
                writer.Add(row);
            }
        }
    }
}
