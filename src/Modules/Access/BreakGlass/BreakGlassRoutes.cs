using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Kernel;

namespace Salus.Access.BreakGlass;

/// <summary>Opening a record by break-glass, and giving it back.</summary>
internal sealed class BreakGlassRoutes(OpeningTable table, Openings openings, BreakGlassAudit audit, IKnownResources known, Reauthentication again, IOptions<AccessOptions> options, TimeProvider time)
{
    public const int LongestText = 2000;
    private const int ShortestReason = 10;
    private const int FewestLetters = 2;

    private sealed record Question(string? Patient, string? Reason, int? Minutes);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access/break-glass", (HttpContext http, BreakGlassRoutes r) => r.OpenAsync(http)).ForPermission(Permissions.BreakGlass);
        routes.MapGet("/access/break-glass", (HttpContext http, BreakGlassRoutes r) => r.MineAsync(http)).ForPermission(Permissions.BreakGlass);
        routes.MapDelete("/access/break-glass/{id:guid}", (Guid id, HttpContext http, BreakGlassRoutes r) => r.EndAsync(http, id)).ForPermission(Permissions.BreakGlass);
    }

    private async Task<IResult> OpenAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Question>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var question = read.Value;
        if (Wrong(question) is { } wrong)
        {
            return wrong;
        }

        var caller = http.Caller();
        if (http.Features.Get<SignedIn>() is not { } signedIn || caller.Client is not null)
        {
            return Answer.Forbidden("Only a person who is signed in to the pages of Salus opens a record by break-glass; no app does.");
        }

        if (!again.IsFresh(http))
        {
            return Reauthentication.Ask();
        }

        if (!await known.ExistsAsync(caller.Tenant, "Patient", question.Patient!, ct))
        {
            return Answer.Invalid("patient", $"There is no patient '{question.Patient}' in this record. Search for the patient, and open the one whom you find.");
        }

        var opening = await AddAsync(http, caller, signedIn.Account, question);
        return Results.Json(new { id = opening.Id, patient = opening.Patient, until = opening.Until }, statusCode: StatusCodes.Status201Created);
    }

    private async Task<Opening> AddAsync(HttpContext http, Caller caller, Account account, Question question)
    {
        var ct = http.RequestAborted;
        var now = time.GetUtcNow();
        var opening = new Opening(Guid.CreateVersion7(now), account.Id, question.Patient!, question.Reason!.Trim(), now, now.AddMinutes(question.Minutes ?? options.Value.BreakGlassMinutes), null)
        {
            AccountName = account.Name, Roles = account.Roles,
        };
        // The entry first: whoever gets in has left a trace, even if the process ends between the two.
        await audit.WriteAsync(caller, AuditKind.BreakGlass, opening, $"opened until {opening.Until:u}: {opening.Reason}", ct);
        var replaced = await table.AddAsync(caller.Tenant, opening, ct);
        openings.Changed(caller.Tenant, opening.Account);
        foreach (var before in replaced)
        {
            await audit.WriteAsync(caller, AuditKind.BreakGlass, before, "ended: the user opened the same record anew", ct);
        }

        return opening;
    }

    private Answer? Wrong(Question question)
    {
        if (!FhirIds.IsId(question.Patient))
        {
            return Answer.Invalid("patient", $"'{question.Patient}' is no logical id of a patient: 1 to 64 letters, digits, '-' and '.'.");
        }

        if (question.Reason is not { Length: <= LongestText } || Texts.Visible(question.Reason).Length < ShortestReason || question.Reason.EnumerateRunes().Count(Rune.IsLetter) < FewestLetters)
        {
            return Answer.Invalid("reason", $"Say why, in {ShortestReason} to {LongestText} characters that one can see, in words: the privacy officer reads it.");
        }

        var most = options.Value.BreakGlassMinutes;
        return question.Minutes is < 1 || question.Minutes > most ? Answer.Invalid("minutes", $"At least 1 minute, at most {most}. Leave it out for {most}.") : null;
    }

    private async Task<IResult> MineAsync(HttpContext http)
    {
        var mine = http.Features.Get<SignedIn>() is { } signedIn ? await openings.ActiveAsync(signedIn.Account, http.RequestAborted) : [];
        return Results.Json(mine.Select(o => new { id = o.Id, patient = o.Patient, reason = o.Reason, startedAt = o.StartedAt, until = o.Until }));
    }

    private async Task<IResult> EndAsync(HttpContext http, Guid id)
    {
        var caller = http.Caller();
        var ended = http.Features.Get<SignedIn>() is { } signedIn ? await table.EndAsync(caller.Tenant, signedIn.Account.Id, id, time.GetUtcNow(), http.RequestAborted) : null;
        if (ended is null)
        {
            return Answer.NotFound("You have no opening with this id that is still active.");
        }

        openings.Changed(caller.Tenant, ended.Account);
        await audit.WriteAsync(caller, AuditKind.BreakGlass, ended, "ended by the user", http.RequestAborted);
        return Results.NoContent();
    }
}
