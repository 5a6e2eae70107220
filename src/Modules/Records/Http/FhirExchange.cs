using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Later;
using Salus.Records.Patch;
using Salus.Records.Patch.FhirPath;
using Salus.Records.Patch.Json;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Http;

/// <summary>One HTTP request to the FHIR API and its answer: what the interactions need of HTTP, and nothing else of it.</summary>
internal sealed class FhirExchange(HttpContext http)
{
    private readonly IServiceProvider services = http.RequestServices;
    private AuditNotice? notice;
    private AuditEntry? announced;

    /// <summary>Who asks, and what they may do.</summary>
    public Caller Caller { get; } = http.Caller();

    public CancellationToken Stop => http.RequestAborted;

    /// <summary>The FHIR base as the client sees it: <c>http://host/fhir</c>.</summary>
    public string Address => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{FhirEndpoints.Base}";

    public FhirDefinitions Definitions => services.GetRequiredService<FhirDefinitions>();

    public IReadOnlyList<KeyValuePair<string, string>> Query { get; } =
        [.. http.Request.Query.SelectMany(p => p.Value, (p, value) => new KeyValuePair<string, string>(p.Key, value ?? ""))];

    /// <summary>False when the request says that it has no body.</summary>
    public bool HasBody => http.Request.ContentLength > 0 || (http.Request is { ContentLength: null, ContentType: not null });

    /// <summary><c>Prefer: handling=lenient</c>.</summary>
    public bool Lenient => Prefers("handling=lenient");

    /// <summary><c>Prefer: respond-async</c>.</summary>
    public bool RespondAsync => Prefers("respond-async");

    /// <summary>What is answered later.</summary>
    public LaterRequests Later => services.GetRequiredService<LaterRequests>();

    /// <summary>Runs an interaction and writes its reply. Whatever goes wrong, the client gets an OperationOutcome.</summary>
    /// <param name="anyFormat">True when the interaction looks at <c>_format</c> and <c>Accept</c> itself.</param>
    public static async Task RunAsync(HttpContext http, Func<FhirExchange, Task<Outcome<Reply>>> interaction, bool anyFormat = false)
    {
        var exchange = new FhirExchange(http);
        Reply? reply;
        try
        {
            reply = await exchange.AnswerAsync(interaction, anyFormat);
        }
        finally
        {
            exchange.notice?.Dispose();
        }

        if (reply is not null)
        {
            await exchange.WriteAsync(reply);
        }
    }

    // What is to be answered, and is on record; null when nobody waits for it any more.
    private async Task<Reply?> AnswerAsync(Func<FhirExchange, Task<Outcome<Reply>>> interaction, bool anyFormat)
    {
        Outcome<Reply> outcome;
        try
        {
            outcome = !anyFormat && Formats.Refuse(http.Request, Query) is { } refused ? refused
                : await XmlBody.TranslateAsync(http, this) is { } unreadable ? unreadable
                : await Later.GetAsync(this, http.Request) is { } later ? later : await InteractAsync(interaction);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (BadHttpRequestException e)
        {
            outcome = e.StatusCode == 413 ? TooLarge() : new Failure(FailureKind.Invalid, "invalid", $"The request is not well-formed: {e.Message}");
        }
        catch (InvalidDataException)
        {
            outcome = new Failure(FailureKind.Invalid, "invalid", "The body is not what its Content-Encoding says: it cannot be decompressed.", "Content-Encoding");
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            outcome = OfDatabase(e);
        }

        var reply = outcome.Failed(out var failure) ? OperationOutcome.Reply(failure) : outcome.Value;
        if (await AuditAsync(reply) is { } unrecorded)
        {
            await (reply.Stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            reply = OperationOutcome.Reply(unrecorded);
        }

        return reply;
    }

    // The disk takes what is known of the access while the database works.
    private Task<Outcome<Reply>> InteractAsync(Func<FhirExchange, Task<Outcome<Reply>>> interaction)
    {
        announced = AuditedRequest.Announced(http, Caller);
        notice = IsRead ? services.GetRequiredService<IAuditTrail>().Begin(announced) : null;
        var running = interaction(this);
        notice?.Push();
        return running;
    }

    /// <summary>Tells the audit trail of an answer that is written as a stream, before its first byte. A failure when the trail cannot be written: then nothing is answered.</summary>
    /// <param name="patients">Logical ids of those asked about.</param>
    public Task<Failure?> AuditStreamAsync(AuditKind kind, IReadOnlyCollection<string> patients) => AuditAsync(AuditedRequest.Streamed(http, Caller, kind, patients));

    private async Task<Failure?> AuditAsync(Reply reply) =>
        reply.Sent || (AuditedRequest.AsAnnounced(announced, reply) ?? AuditedRequest.Entry(http, Caller, reply)) is not { } entry ? null : await AuditAsync(entry);

    // Data that went out unrecorded could not be called back.
    private async Task<Failure?> AuditAsync(AuditEntry entry)
    {
        try
        {
            await (notice?.FinishAsync(entry) ?? services.GetRequiredService<IAuditTrail>().WriteAsync([entry], CancellationToken.None));
            return null;
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return new Failure(FailureKind.Unavailable, "transient", "The audit trail cannot be written, and no data of patients is answered without it. Ask again in a moment.");
        }
    }

    private Failure OfDatabase(Exception e) => IsRead
        ? Failures.OfRead(e)
        : services.GetRequiredService<DiskSpace>().Full ? Failures.DiskFull() : Failures.OfDatabase(e);

    public Task<Outcome<Reply>> OfType(string type, Func<TypeDefinition, Task<Outcome<Reply>>> run) =>
        Definitions.Resource(type) is { } definition ? run(definition) : Task.FromResult<Outcome<Reply>>(UnknownType(type));

    /// <summary>As <see cref="OfType"/>, for a read or write of one resource: parameters that say nothing there are refused, as a search refuses them.</summary>
    /// <param name="id">Null for a create.</param>
    public Task<Outcome<Reply>> OfOne(string type, string? id, Func<TypeDefinition, Task<Outcome<Reply>>> run) => OfType(type, t =>
        !Lenient && PlainQuery.Refuse(IsRead ? HttpMethods.Get : http.Request.Method, id is null ? t.Name : $"{t.Name}/[id]", Query) is { } refused ? Task.FromResult<Outcome<Reply>>(refused) : run(t));

    public static Failure UnknownType(string type) => new(
        FailureKind.NotFound, "not-supported", $"'{(type.Length <= 64 ? type : type[..64] + "…")}' is not a resource type of FHIR R4. Names are case-sensitive: Patient, Observation.");

    public async Task<Outcome<Reply>> WithResourceAsync(Func<Element, Task<Outcome<Reply>>> run)
    {
        var body = await BodyAsync();
        return body.Failed(out var failure) ? failure : await WithResourceAsync(body.Value, run);
    }

    private async Task<Outcome<Reply>> WithResourceAsync(ReadOnlyMemory<byte> body, Func<Element, Task<Outcome<Reply>>> run)
    {
        var read = services.GetRequiredService<Preparation>().Read(body);
        return read.Failed(out var failure) ? failure : await run(read.Value.Root);
    }

    public async Task<Outcome<Reply>> ConditionAsync(Func<Condition, Task<Outcome<Reply>>> run)
    {
        var condition = Condition.Parse(Header("If-Match"), Header("If-None-Match"));
        return condition.Failed(out var failure) ? failure : await run(condition.Value);
    }

    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Null, or a refusal of a header that stands there twice, so that its values would run into each other.</summary>
    public Failure? HeaderTwice(string name) => http.Request.Headers.TryGetValue(name, out var values) && values.Count > 1
        ? new Failure(FailureKind.Invalid, "invalid", $"The request has {values.Count} {name} headers; it takes one. Join criteria with '&'.", name)
        : null;

    /// <summary><c>Prefer: return=...</c>.</summary>
    public ReturnPreference Return => Prefers("return=representation") ? ReturnPreference.Representation
        : Prefers("return=minimal") ? ReturnPreference.Minimal
        : Prefers("return=OperationOutcome") ? ReturnPreference.OperationOutcome : ReturnPreference.Unstated;

    /// <summary>The query as criteria of a conditional write: without what shapes the answer.</summary>
    public string Criteria => string.Join('&', (http.Request.QueryString.Value ?? "").TrimStart('?').Split('&')
        .Where(p => !p.StartsWith("_format=", StringComparison.Ordinal) && !p.StartsWith("_pretty=", StringComparison.Ordinal)));

    /// <summary>The patch in the body, by its content type a JSON Patch or a FHIRPath Patch.</summary>
    public async Task<Outcome<Reply>> WithPatchAsync(Func<PatchDocument, Task<Outcome<Reply>>> run)
    {
        var most = services.GetRequiredService<IOptions<RecordsOptions>>().Value.MaxBodyBytes;
        if (http.Request.ContentType?.Split(';')[0].Trim().Equals(JsonPatch.MediaType, StringComparison.OrdinalIgnoreCase) == true)
        {
            var body = await BodyAsync(checkType: false);
            var patch = body.Failed(out var failure) ? failure : JsonPatch.Parse(body.Value, most);
            return patch.Failed(out failure) ? failure : await run(patch.Value);
        }

        if (!Formats.IsJson(http.Request.ContentType))
        {
            http.Response.Headers["Accept-Patch"] = $"{JsonPatch.MediaType}, application/fhir+json";
            return new Failure(
                FailureKind.UnsupportedMediaType, "not-supported",
                $"The Content-Type is '{http.Request.ContentType}'; a patch is {JsonPatch.MediaType}, or Parameters as application/fhir+json.", "Content-Type");
        }

        var sent = await BodyAsync();
        if (sent.Failed(out var unread))
        {
            return unread;
        }

        if (sent.Value.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..])
        {
            return new Failure(FailureKind.Invalid, "structure", $"The body is an array, as a JSON Patch is: send it as {JsonPatch.MediaType}. As {http.Request.ContentType} a patch is a Parameters resource.", "Content-Type");
        }

        return await WithResourceAsync(sent.Value, async resource =>
        {
            if (resource.Type?.Name != "Parameters")
            {
                return new Failure(FailureKind.Invalid, "invalid", $"A PATCH takes Parameters with a FHIRPath Patch; this is a {resource.Type?.Name}. Send a whole resource with PUT.", "resourceType");
            }

            // Not validated by itself: what it adds may refer to what is contained in the resource. The result is.
            var patch = FhirPathPatch.Parse(resource.Document.Utf8, most);
            return patch.Failed(out var failure) ? failure : await run(patch.Value);
        });
    }

    /// <summary>The body, decompressed. Fails when it is no FHIR JSON by its content type, or too large.</summary>
    public async Task<Outcome<ReadOnlyMemory<byte>>> BodyAsync(bool checkType = true)
    {
        if (checkType && !Formats.IsJson(http.Request.ContentType))
        {
            return new Failure(
                FailureKind.UnsupportedMediaType, "not-supported", $"The Content-Type is '{http.Request.ContentType}'; Salus reads application/fhir+json and application/fhir+xml.", "Content-Type");
        }

        // What the server can decompress has lost this header by now.
        if (Header("Content-Encoding") is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", $"The Content-Encoding is '{encoding}'; Salus reads gzip, br and deflate.", "Content-Encoding");
        }

        var limit = services.GetRequiredService<IOptions<RecordsOptions>>().Value.MaxBodyBytes;
        if (http.Request.ContentLength > limit)
        {
            return TooLarge();
        }

        var buffer = new byte[http.Request.ContentLength ?? 16 * 1024];
        var length = 0;
        for (int read; (read = await ReadAsync(buffer.AsMemory(length))) > 0;)
        {
            length += read;
            if (length > limit)
            {
                return TooLarge();
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L + 1, limit + 1L));
            }
        }

        return length == 0
            ? new Failure(FailureKind.Invalid, "required", "The request has no body; it takes a FHIR resource as JSON or XML.")
            : (Outcome<ReadOnlyMemory<byte>>)new ReadOnlyMemory<byte>(buffer, 0, length);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> into)
    {
        try
        {
            return await http.Request.Body.ReadAsync(into, Stop);
        }
        catch (InvalidOperationException e)
        {
            // What Brotli throws where gzip throws InvalidDataException.
            throw new InvalidDataException("The body cannot be decompressed.", e);
        }
    }

    /// <summary>The parameters in the body of a POST search.</summary>
    public async Task<Outcome<IReadOnlyList<KeyValuePair<string, string>>>> FormAsync()
    {
        if (http.Request.ContentLength is 0 || http.Request is { ContentLength: null, ContentType: null })
        {
            return Array.Empty<KeyValuePair<string, string>>();
        }

        if (http.Request.ContentType?.Split(';')[0].Trim() is not "application/x-www-form-urlencoded")
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", "A search by POST takes application/x-www-form-urlencoded.", "Content-Type");
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(Stop);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            return new Failure(FailureKind.TooLarge, "too-long", $"The form of the search cannot be read: {e.Message}");
        }

        return form.SelectMany(p => p.Value, (p, value) => new KeyValuePair<string, string>(p.Key, value ?? "")).ToList();
    }

    private bool Prefers(string what) => Header("Prefer")?.Split(',', ';').Any(p => p.Trim().Equals(what, StringComparison.OrdinalIgnoreCase)) ?? false;

    private Failure TooLarge() => new(
        FailureKind.TooLarge, "too-long", $"The body is larger than {services.GetRequiredService<IOptions<RecordsOptions>>().Value.MaxBodyBytes} bytes (Salus:Records:MaxBodyBytes). Send it in parts, or import it from a file with 'salus import'.");

    private async Task WriteAsync(Reply given)
    {
        var reply = Preferred(given);
        if (reply.Sent)
        {
            return;
        }

        // An answer that began to stream has its status already: what comes to an end here must not look complete.
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        var response = http.Response;
        response.StatusCode = reply.Status;
        if (reply.Version is { } version)
        {
            response.Headers.ETag = $"W/\"{version}\"";
        }

        if (reply.LastModified is { } at)
        {
            response.GetTypedHeaders().LastModified = at;
        }

        if (reply.Location is { } location)
        {
            response.Headers.Location = $"{Address}/{location}";
        }

        if (reply.Status == 503)
        {
            response.Headers.RetryAfter = "5";
        }

        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (reply.ContentType is { } type)
        {
            await WriteAsync(type, reply);
        }
        else if (!reply.Body.IsEmpty)
        {
            await Formats.WriteAsync(http, reply.Body, Query);
        }
    }

    private async Task WriteAsync(string type, Reply reply)
    {
        await using var content = reply.Stream;
        http.Response.ContentType = type;
        http.Response.ContentLength = content?.Length ?? reply.Body.Length;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        if (content is not null)
        {
            await content.CopyToAsync(http.Response.Body, Stop);
        }
        else
        {
            await http.Response.Body.WriteAsync(reply.Body, Stop);
        }
    }

    private Reply Preferred(Reply reply) => (reply.Note, Return) switch
    {
        (null, _) => IsRead ? Freshness.Of(reply) : reply,
        (_, ReturnPreference.Minimal) => reply with { Body = default },
        ({ } note, ReturnPreference.OperationOutcome) => reply with { Status = reply.Status == 204 ? 200 : reply.Status, Body = OperationOutcome.Information(note) },
        _ => reply,
    };

    private bool IsRead => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    // The header has whole seconds, and Last-Modified too.
    private Freshness Freshness => new(Header("If-None-Match"), http.Request.GetTypedHeaders().IfModifiedSince?.AddSeconds(1).AddTicks(-1));
}
