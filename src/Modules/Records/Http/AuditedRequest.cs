using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Http;

/// <summary>
/// What the audit trail is told of a request. Writes are told where they are committed, in the same transaction; here are reads, searches, operations,
/// and what was refused. Left out is what gives no data of patients: metadata, terminology, malformed requests, the state of the server.
/// </summary>
internal static class AuditedRequest
{
    // Definitions and code systems: the same for every patient.
    private static readonly HashSet<string> Conformance = new(StringComparer.Ordinal)
    {
        "metadata", "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "GraphDefinition", "ImplementationGuide", "MessageDefinition", "NamingSystem",
        "OperationDefinition", "SearchParameter", "StructureDefinition", "StructureMap", "TerminologyCapabilities", "TestScript", "ValueSet", "ViewDefinition",
    };

    // What can bring other types into a search of these.
    private static readonly string[] Joins = ["_include", "_revinclude", "_has"];

    /// <summary>The entry; null when there is nothing to tell.</summary>
    public static AuditEntry? Entry(HttpContext http, Caller caller, Reply reply)
    {
        var place = Place.Of(http);
        if (reply.Status is 401 or 403)
        {
            return Of(http, caller, AuditKind.Denied, place, AskedAbout(http, place)) with { Outcome = AuditOutcome.MinorFailure, Detail = $"{http.Request.Method}, answered {reply.Status}" };
        }

        if (place.Kind is null && !Conformance.Contains(place.Type ?? "") && Told(http, reply))
        {
            return Of(http, caller, AuditKind.Read, place, reply.About(AskedAbout(http, place)).Patients) with
            {
                Outcome = reply.Status >= 400 ? AuditOutcome.MinorFailure : AuditOutcome.Success,
                Query = $"{http.Request.Method} {Asked(http)} {Veil(http).Query(http.Request.Headers["If-None-Exist"].ToString())}".TrimEnd(),
                Detail = $"a write that changed nothing, answered {reply.Status}",
            };
        }

        if (place.Kind is not { } kind || (Conformance.Contains(place.Type ?? "") && reply.Patients.Count == 0 && !http.Request.Query.Keys.Any(k => Joins.Any(j => k.StartsWith(j, StringComparison.Ordinal)))))
        {
            return null;
        }

        return reply.Status switch
        {
            404 or 410 when kind is AuditKind.Read or AuditKind.VersionRead or AuditKind.History || place is { Type: "Patient", Id: not null } => Of(http, caller, kind, place, []) with { Outcome = AuditOutcome.MinorFailure, Detail = $"answered {reply.Status}" },
            202 or >= 400 => null,
            _ => WithParts(Of(http, caller, kind, place, reply.Patients) with { Version = kind is AuditKind.Read or AuditKind.VersionRead ? reply.Version ?? 0 : 0 }, reply),
        };
    }

    // Of what asks for several things at once: which, and of which something was refused.
    private static AuditEntry WithParts(AuditEntry entry, Reply reply) => reply is { Asked: null, Denied: null } ? entry : entry with
    {
        Query = $"{entry.Query} {reply.Asked}".Trim(),
        Outcome = reply.Denied is null ? entry.Outcome : AuditOutcome.MinorFailure,
        Detail = reply.Denied is null ? entry.Detail : $"not allowed: {reply.Denied}",
    };

    // What a write tells that stores nothing: what a conditional create found, whether a condition or a test of a patch holds, how many match. What was stored has its entry already.
    private static bool Told(HttpContext http, Reply reply) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
        && (reply.Status is 404 or 409 or 410 or 412 or 422 || (reply.Status == 400 && http.Request.QueryString.HasValue) || (reply.Status == 200 && HttpMethods.IsPost(http.Request.Method)));

    /// <summary>What a request will have done that reads one patient: it is known before the answer. Null for all others.</summary>
    public static AuditEntry? Announced(HttpContext http, Caller caller) =>
        HttpMethods.IsGet(http.Request.Method) && !http.Request.QueryString.HasValue && Place.Of(http) is { Kind: AuditKind.Read, Type: "Patient", Id: not null } place ? Of(http, caller, AuditKind.Read, place, []) : null;

    /// <summary>What was announced, with how it ended; null when more than that is new.</summary>
    public static AuditEntry? AsAnnounced(AuditEntry? announced, Reply reply) =>
        announced is not null && reply.Status == 200 && reply.Patients.All(announced.Patients.Contains) ? announced with { Version = reply.Version ?? 0 } : null;

    /// <summary>The entry of an answer that is written as a stream: told before its first byte.</summary>
    public static AuditEntry Streamed(HttpContext http, Caller caller, AuditKind kind, IReadOnlyCollection<string> patients) => Of(http, caller, kind, Place.Of(http), patients);

    private static AuditEntry Of(HttpContext http, Caller caller, AuditKind kind, Place place, IReadOnlyCollection<string> patients)
    {
        // Whoever asks for a patient asks about that patient, found or not.
        var patient = place is { Type: "Patient", Id: { } id } && !patients.Contains(id) ? id : null;
        return new AuditEntry(caller, kind)
        {
            Type = place.Type,
            Id = place.Id,
            Patients = patient is null ? patients : [.. patients, patient],
            Query = kind is AuditKind.Read or AuditKind.VersionRead && !http.Request.QueryString.HasValue ? null : Asked(http),
        };
    }

    // By the criteria of what was not answered as a search: refused, or a condition of a write.
    private static IReadOnlyCollection<string> AskedAbout(HttpContext http, Place place)
    {
        var parser = http.RequestServices.GetRequiredService<SearchParser>();
        if (place is not { Type: { } type, Id: null } || parser.Definitions.Resource(type) is null)
        {
            return [];
        }

        var asked = http.Request.Query.Concat(http.Features.Get<IFormFeature>()?.Form ?? Enumerable.Empty<KeyValuePair<string, StringValues>>());
        var parsed = parser.Parse(type, asked.SelectMany(p => p.Value, (p, v) => new KeyValuePair<string, string>(p.Key, v ?? "")), lenient: true);
        return parsed.Failed(out _) ? [] : [.. AskedPatients.Of(parsed.Value).Distinct(StringComparer.Ordinal)];
    }

    // With the form of a search by POST, which has been read by now; without what the record keeps sealed.
    private static string Asked(HttpContext http)
    {
        var veil = Veil(http);
        var asked = $"{http.Request.Path}{veil.Query(http.Request.QueryString.Value ?? "")}";
        var form = http.Features.Get<IFormFeature>()?.Form;
        return form is null || form.Count == 0 ? asked : $"{asked} {string.Join('&', form.SelectMany(p => p.Value, (p, v) => $"{p.Key}={veil.Value(p.Key, v ?? "")}"))}";
    }

    private static IQueryVeil Veil(HttpContext http) => http.RequestServices.GetRequiredService<IQueryVeil>();

    /// <summary>What a request is about, by its address.</summary>
    private sealed record Place(AuditKind? Kind, string? Type, string? Id)
    {
        public static Place Of(HttpContext http)
        {
            var path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
            path = path is ["fhir", ..] ? path[1..] : path is ["admin", _, _, .. var rest] ? rest : path;
            var read = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
            return path switch
            {
                [Jobs.JobStatus.Path, var job] => new Place(read ? AuditKind.Operation : null, "job", job),
                [Jobs.JobStatus.Path, var job, _] => new Place(AuditKind.Export, "job", job),
                [['$', .. var name]] => new Place(Operation(name), null, null),
                [var type, ['$', .. var name]] => new Place(Operation(name), type, null),
                [var type, var id, ['$', .. var name]] => new Place(Operation(name), type, id),
                [] => new Place(read ? AuditKind.Search : AuditKind.Operation, read ? null : "Bundle", null),
                ["_search"] => new Place(AuditKind.Search, null, null),
                ["_history"] => new Place(AuditKind.History, null, null),
                [var type, "_search"] => new Place(AuditKind.Search, type, null),
                [var type, "_history"] => new Place(AuditKind.History, type, null),
                [var type, var id, "_history"] => new Place(AuditKind.History, type, id),
                [var type, var id, "_history", _] => new Place(AuditKind.VersionRead, type, id),
                [var type, var id, _, ..] => new Place(AuditKind.Search, type, id),
                [var type] => new Place(read ? AuditKind.Search : null, type, null),
                [var type, var id] => new Place(read ? AuditKind.Read : null, type, id),
            };
        }

        private static AuditKind Operation(string name) => name == "export" ? AuditKind.Export : AuditKind.Operation;
    }
}
