using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>Registration of apps by an administrator: /admin/access/clients, for the permission apps.manage.</summary>
internal sealed class ClientEndpoints(ClientStore clients, IAuditTrail audit, TimeProvider time)
{
    public async Task<IResult> ListAsync(HttpContext http, CancellationToken ct) => Results.Json((await clients.ListAsync(http.Caller().Tenant, ct)).Select(c => Shown(c, null)));

    public async Task<IResult> GetAsync(HttpContext http, string id, CancellationToken ct) => await FindAsync(http, id, ct) is { } client ? Results.Json(Shown(client, null)) : Missing;

    /// <summary>Registers an app. A confidential one without keys gets a secret, in this answer and never again.</summary>
    public async Task<IResult> AddAsync(HttpContext http, ClientInput input, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var read = input.Read(http.Caller().Tenant, input.Id ?? Guid.CreateVersion7(now).ToString("N"), now);
        if (read.Failed(out var failure))
        {
            return Refused(failure);
        }

        var secret = NeedsSecret(read.Value) ? Secret.New() : null;
        var client = read.Value with { SecretHash = secret is null ? null : Secret.Hash(secret), Version = 1 };
        if (!await clients.AddAsync(client, http.Caller().Actor, ct))
        {
            return new Answer(StatusCodes.Status409Conflict, "duplicate", "This id is taken: choose another one, or leave it out.", "id");
        }

        await AuditAsync(http, client, "registered", ct);
        OAuthError.NoStore(http);
        return Results.Json(Shown(client, secret), statusCode: StatusCodes.Status201Created);
    }

    /// <summary>Changes an app. One that became confidential without keys gets a new secret.</summary>
    public async Task<IResult> UpdateAsync(HttpContext http, string id, ClientInput input, CancellationToken ct)
    {
        if (await FindAsync(http, id, ct) is not { } before)
        {
            return Missing;
        }

        var read = input.Read(before.Tenant, id, before.CreatedAt);
        if (read.Failed(out var failure))
        {
            return Refused(failure);
        }

        var secret = NeedsSecret(read.Value) && before.SecretHash is null ? Secret.New() : null;
        var hash = NeedsSecret(read.Value) ? secret is null ? before.SecretHash : Secret.Hash(secret) : null;
        var client = read.Value with { SecretHash = hash, Version = input.Version ?? before.Version };
        if (!await clients.UpdateAsync(client, ct))
        {
            return new Answer(StatusCodes.Status409Conflict, "conflict", "Somebody else changed this app meanwhile: load it again.", "version");
        }

        await AuditAsync(http, client, client.Active == before.Active ? "changed" : client.Active ? "enabled" : "disabled", ct);
        OAuthError.NoStore(http);
        return Results.Json(Shown(client with { Version = client.Version + 1 }, secret));
    }

    /// <summary>Removes an app, with its tokens and the consents to it.</summary>
    public async Task<IResult> RemoveAsync(HttpContext http, string id, CancellationToken ct)
    {
        if (await FindAsync(http, id, ct) is not { } client || !await clients.RemoveAsync(client.Tenant, id, ct))
        {
            return Missing;
        }

        await AuditAsync(http, client, "removed", ct);
        return Results.NoContent();
    }

    private static Answer Missing => new(StatusCodes.Status404NotFound, "not-found", "There is no such app.");

    private static Answer Refused(Failure failure) => new(StatusCodes.Status422UnprocessableEntity, "value", failure.Problems[0].Message, failure.Problems[0].Path);

    private static bool NeedsSecret(Client client) => client is { Kind: ClientKind.Confidential, Jwks: null, JwksUrl: null };

    // Another tenant's are not there.
    private async Task<Client?> FindAsync(HttpContext http, string id, CancellationToken ct) => await clients.FindAsync(id, ct) is { } client && client.Tenant == http.Caller().Tenant ? client : null;

    private async Task AuditAsync(HttpContext http, Client client, string what, CancellationToken ct) =>
        await audit.WriteAsync([new AuditEntry(http.Caller(), AuditKind.PermissionChange) { Type = "app", Id = client.Id, Detail = $"{what}: {client.Name}; {client.Scopes}" }], ct);

    private static object Shown(Client client, string? secret) => new
    {
        client.Id,
        client.Name,
        kind = client.Kind.ToString().ToLowerInvariant(),
        client.RedirectUris,
        client.LaunchUri,
        client.Url,
        scopes = client.Scopes.Texts,
        jwks = client.Jwks is null ? (JsonElement?)null : JsonSerializer.Deserialize<JsonElement>(client.Jwks),
        client.JwksUrl,
        state = client.Active ? "active" : "disabled",
        client.CreatedAt,
        client.Version,
        secret,
    };
}
