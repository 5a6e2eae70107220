using Microsoft.AspNetCore.Http;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.GraphQl;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Operations;

/// <summary>The operations of this server, and the one way to call them.</summary>
internal sealed class OperationSet(IEnumerable<IOperation> operations, Preparation preparation)
{
    private readonly IReadOnlyList<IOperation> all = [.. operations.OrderBy(o => o.Definition.Name, StringComparer.Ordinal)];

    /// <summary>Those of the system.</summary>
    public IEnumerable<OperationDefinition> OfSystem => all.Select(o => o.Definition).Where(d => d.IsFor(null, OperationLevels.System));

    /// <summary>Those of a resource type or its instances.</summary>
    public IEnumerable<OperationDefinition> Of(string type) => all.Select(o => o.Definition).Where(d => d.IsFor(type, OperationLevels.Type | OperationLevels.Instance));

    /// <summary>The route of every operation: <c>/$name</c>, <c>/Type/$name</c>, <c>/Type/id/$name</c>, by GET or POST.</summary>
    public static Task HandleAsync(HttpContext http, OperationSet operations, string? type, string? id, string name) => FhirExchange.RunAsync(http, e =>
        type is null ? operations.RunAsync(e, http, null, null, name) : e.OfType(type, t => operations.RunAsync(e, http, t, id, name)));

    private Task<Outcome<Reply>> RunAsync(FhirExchange exchange, HttpContext http, TypeDefinition? type, string? id, string name)
    {
        // Before the body is read: what is wrong with the input of an operation that is not there helps nobody.
        var level = Level(type, id);
        if (Find(type, level, name) is null)
        {
            return Task.FromResult<Outcome<Reply>>(Unknown(type?.Name, level, name));
        }

        var post = HttpMethods.IsPost(http.Request.Method);
        return post && exchange.HasBody
            ? exchange.WithResourceAsync(body => RunAsync(exchange.Caller, type, id, name, exchange.Query, body, post, exchange.Lenient, exchange.Address, exchange.Stop, exchange.RespondAsync))
            : RunAsync(exchange.Caller, type, id, name, exchange.Query, default, post, exchange.Lenient, exchange.Address, exchange.Stop, exchange.RespondAsync);
    }

    // What an operation does with resources is decided where it reads and writes them. This is for what it says of itself, such as what a code means.
    private static Failure? Refuse(Caller caller, TypeDefinition? type)
    {
        Interactions[] any = [Interactions.Read, Interactions.Search, Interactions.Create, Interactions.Update];
        return !caller.IsKnown || (type is not null && !any.Any(i => caller.Permit.For(type.Name, i) is not null)) ? AccessConditions.Forbidden(caller, type?.Name ?? "any", Interactions.Read) : null;
    }

    /// <summary>Calls an operation, from wherever the call comes.</summary>
    /// <param name="name">Without <c>$</c>.</param>
    /// <param name="query">Of the URL.</param>
    /// <param name="body">Nothing when there is none.</param>
    /// <param name="post">By POST rather than GET.</param>
    /// <param name="lenient">Unknown parameters are left out instead of refused.</param>
    /// <param name="respondAsync">The caller takes the answer later.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition? type, string? id, string name, IReadOnlyList<KeyValuePair<string, string>> query, Element body, bool post, bool lenient, string address, CancellationToken ct,
        bool respondAsync = false)
    {
        var level = Level(type, id);
        if (Find(type, level, name) is not { } operation)
        {
            return Unknown(type?.Name, level, name);
        }

        if (Refuse(caller, type) is { } forbidden)
        {
            return forbidden;
        }

        if (operation.Definition.ChangesState && !post)
        {
            return OperationOutcome.Reply(405, "not-supported", $"${name} changes the record: call it by POST.");
        }

        if ((id is null ? null : Preparation.CheckId(id)) is { } wrong)
        {
            return wrong;
        }

        if (body.Exists && !operation.Definition.JudgesItsInput && await preparation.ValidateAsync(body, caller.Tenant, ct) is { } invalid)
        {
            return invalid;
        }

        var parameters = new ParametersReader(operation.Definition, lenient).Read(query, body);
        return parameters.Failed(out var failure)
            ? failure
            : await operation.RunAsync(new OperationCall(caller, type, id, parameters.Value, address, ct) { Query = query, RespondAsync = respondAsync });
    }

    private static OperationLevels Level(TypeDefinition? type, string? id) => type is null ? OperationLevels.System : id is null ? OperationLevels.Type : OperationLevels.Instance;

    private IOperation? Find(TypeDefinition? type, OperationLevels level, string name) => all.FirstOrDefault(o => o.Definition.Name == name && o.Definition.IsFor(type?.Name, level));

    private Failure Unknown(string? type, OperationLevels level, string name)
    {
        var known = all.Select(o => o.Definition).Where(d => d.IsFor(type, level)).Select(d => $"${d.Name}").ToList();
        var elsewhere = all.Select(o => o.Definition).Append(GraphQlOperation.Definition).Where(d => d.Name == name).SelectMany(Places).ToList();
        var place = level switch { OperationLevels.System => "the system", OperationLevels.Type => type!, _ => $"{type}/[id]" };
        var list = elsewhere.Count > 0 ? $"It is called as {string.Join(", ", elsewhere)}." : known.Count > 0 ? $"Those are {string.Join(", ", known)}." : "There is none there.";
        return new Failure(FailureKind.NotFound, "not-supported", $"'${(name.Length <= 64 ? name : name[..64] + "…")}' is not an operation of {place} on this server. {list}");
    }

    private static IEnumerable<string> Places(OperationDefinition definition)
    {
        var types = definition.Types.Count == 0 ? ["[type]"] : definition.Types;
        return (definition.Levels.HasFlag(OperationLevels.System) ? new[] { $"/${definition.Name}" } : [])
            .Concat(definition.Levels.HasFlag(OperationLevels.Type) ? types.Select(t => $"{t}/${definition.Name}") : [])
            .Concat(definition.Levels.HasFlag(OperationLevels.Instance) ? types.Select(t => $"{t}/[id]/${definition.Name}") : []);
    }
}
