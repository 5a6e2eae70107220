using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts.Links;
using Salus.Access.Accounts.SignIn;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.Accounts.Administration;

/// <summary>Reading and changing users.</summary>
internal static class UserEndpoints
{
    private const int PerPage = 50;
    private const int MostPerPage = 200;

    private sealed record Change(string? UserName, string? Name, string[]? Roles, string? Person, string[]? Wards, int? Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/access/users", ListAsync).ForPermission(Permissions.Users).NeedsSignIn();
        routes.MapPost("/admin/access/users", InviteAsync).ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();
        routes.MapGet("/admin/access/users/{id:guid}", GetAsync).ForPermission(Permissions.Users).NeedsSignIn();
        routes.MapPut("/admin/access/users/{id:guid}", PutAsync).ForPermission(Permissions.Users).NeedsSignIn().NeedsFreshProof();
    }

    public static object Shown(User user) => new
    {
        Id = user.Id.ToString("N"),
        user.UserName,
        user.Name,
        user.Roles,
        user.Person,
        user.Wards,
        user.Tenant,
        user.State,
        user.LastSeenAt,
        SecondFactor = user.HasSecondFactor,
        user.Demo,
        user.Version,
    };

    public static Answer Missing() => Answer.NotFound("There is no such user in your organization.");

    private static async Task<IResult> ListAsync(HttpContext http, UserAdministration users, string? query, string? state, string? cursor)
    {
        Guid after = default;
        if (cursor is not null && !Guid.TryParseExact(cursor, "N", out after))
        {
            return Answer.Invalid("cursor", "The cursor is not one of a page before. Leave it out for the first page.");
        }

        if (state is not (null or "" or AccountState.Invited or AccountState.Active or AccountState.Locked or AccountState.Disabled))
        {
            return Answer.Invalid("state", $"'{state}' is no state; there are {AccountState.Invited}, {AccountState.Active}, {AccountState.Locked} and {AccountState.Disabled}.");
        }

        var count = Queries.Count(http, PerPage, MostPerPage);
        if (count.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        var most = count.Value;
        var found = await users.ListAsync(http.Caller().Tenant, new UserQuery(string.IsNullOrWhiteSpace(query) ? null : query.Trim(), string.IsNullOrEmpty(state) ? null : state, most + 1, cursor is null ? null : after), http.RequestAborted);
        return Results.Json(new { users = found.Take(most).Select(Shown), next = found.Count > most ? found[most - 1].Id.ToString("N") : null });
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext http, UserAdministration users) =>
        await users.FindAsync(http.Caller().Tenant, id, http.RequestAborted) is { } user ? Results.Json(Shown(user)) : Missing();

    private static async Task<IResult> InviteAsync(HttpContext http, RoleTable table, IKnownResources known, UserAdministration users, AccountTable accounts, OneTimeLinks links, AccountAudit audit, TimeProvider time)
    {
        var read = await JsonBody.ReadAsync<Change>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var change = read.Value;
        if ((Refuse(change, table) ?? await NotInRecordAsync(http, known, change, null)) is { } refusal)
        {
            return refusal;
        }

        var userName = string.IsNullOrEmpty(change.UserName) ? null : await accounts.NormalAsync(change.UserName, http.RequestAborted);
        if (userName is not null && UserNames.Problem(userName) is { } wrong)
        {
            return Answer.Invalid("userName", wrong);
        }

        var user = new User
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Tenant = http.Caller().Tenant.Number,
            UserName = userName,
            Name = change.Name!.Trim(),
            Roles = Distinct(change.Roles),
            Person = Empty(change.Person),
            Wards = Distinct(change.Wards),
            State = AccountState.Invited,
            Stamp = Secret.New(),
        };
        if ((await users.AddAsync(user, http.RequestAborted)).Failed(out var taken))
        {
            return Body.Refuse(taken);
        }

        await audit.WriteAsync(http, AuditKind.PermissionChange, user, $"invited; roles: {string.Join(", ", user.Roles)}; person: {user.Person ?? "none"}", http.RequestAborted);
        return Results.Json(new { user = Shown(user), link = await links.MakeAsync(user.Id, OneTimeLinks.Invitation, http.RequestAborted) }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> PutAsync(Guid id, HttpContext http, RoleTable table, IKnownResources known, UserAdministration users, AccountAudit audit)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Change>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var change = read.Value;
        if (await users.FindAsync(http.Caller().Tenant, id, ct) is not { } user)
        {
            return Missing();
        }

        if ((Refuse(change, table) ?? await NotInRecordAsync(http, known, change, user)) is { } refusal)
        {
            return refusal;
        }

        if (change.Version is not { } version)
        {
            return Answer.Invalid("version", "The version of the account that was changed is missing: send the one of GET.");
        }

        var profile = new UserProfile(change.Name!.Trim(), Distinct(change.Roles), Empty(change.Person), Distinct(change.Wards));
        // Who the account is in the record decides as much as a role.
        if (user.ToAccount().Actor == http.Caller().Actor && (profile.Roles.Except(user.Roles, StringComparer.Ordinal).Any() || profile.Person != user.Person || profile.Wards.Except(user.Wards, StringComparer.Ordinal).Any()))
        {
            await audit.WriteAsync(http, AuditKind.Denied, user, "tried to give themselves roles, a person or wards", ct, success: false);
            return Answer.Forbidden("Nobody gives themselves a role, a person or a ward. Ask another administrator.");
        }

        var changed = await users.ChangeAsync(user, profile, version, ct);
        if (changed.Failed(out var conflict))
        {
            return Body.Refuse(conflict);
        }

        await audit.WriteAsync(http, AuditKind.PermissionChange, user, Difference(user, profile), ct);
        return Results.Json(Shown(changed.Value));
    }

    private static Answer? Refuse(Change change, RoleTable table)
    {
        if (Texts.Visible(change.Name).Length == 0 || change.Name!.Length > 200)
        {
            return Answer.Invalid("name", "The name is missing or has more than 200 characters.");
        }

        if (change.Roles is null || change.Roles.Any(r => !table.Roles.Any(known => known.Name == r)))
        {
            return Answer.Invalid("roles", $"Roles is a list of names from the table of permissions: {string.Join(", ", table.Roles.Select(r => r.Name))}.");
        }

        if (change.Person is { Length: > 0 } person && !IsReference(person, "Practitioner", "Patient", "RelatedPerson"))
        {
            return Answer.Invalid("person", "The person is a reference: Practitioner/1, Patient/2 or RelatedPerson/3.");
        }

        if (PersonKinds.Problem(table, change.Roles, change.Person) is { } problem)
        {
            return Answer.Invalid("person", problem);
        }

        return change.Wards?.Any(w => !IsReference(w, "Location")) != true ? null : Answer.Invalid("wards", "Wards are references to locations: Location/3.");
    }

    // An account for nobody would see nobody, and its user would look for the fault elsewhere. What stands there already may stay: it may have been deleted since.
    private static async Task<Answer?> NotInRecordAsync(HttpContext http, IKnownResources known, Change change, User? before)
    {
        var asked = new[] { ("person", Empty(change.Person)) }.Concat(Distinct(change.Wards).Select(w => ("wards", (string?)w)));
        foreach (var (field, reference) in asked)
        {
            if (reference is not null && reference != before?.Person && before?.Wards.Contains(reference, StringComparer.Ordinal) != true
                && !await known.ExistsAsync(http.Caller().Tenant, reference.Split('/')[0], reference.Split('/')[1], http.RequestAborted))
            {
                return Answer.Invalid(field, $"There is no {reference} in this record. Store it first, or search for the one that is meant: its address ends with the id.");
            }
        }

        return null;
    }

    private static bool IsReference(string? text, params string[] types) =>
        text?.Split('/') is [var type, { Length: > 0 and <= 64 } id] && types.Contains(type, StringComparer.Ordinal) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private static string Difference(User before, UserProfile after) =>
        $"name: {before.Name} -> {after.Name}; roles: {string.Join(", ", before.Roles)} -> {string.Join(", ", after.Roles)}; person: {before.Person ?? "none"} -> {after.Person ?? "none"}; wards: {string.Join(", ", before.Wards)} -> {string.Join(", ", after.Wards)}";

    private static string[] Distinct(string[]? values) => [.. (values ?? []).Distinct(StringComparer.Ordinal)];

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
