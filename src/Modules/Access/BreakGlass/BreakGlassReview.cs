using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts;
using Salus.Access.Audit;
using Salus.Kernel;

namespace Salus.Access.BreakGlass;

/// <summary>The privacy officer's view of what was opened by break-glass, and their verdict.</summary>
internal sealed class BreakGlassReview(OpeningTable table, BreakGlassAudit audit, AuditShipping shipping, TimeProvider time)
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;
    private const int OnNotice = 5;

    private sealed record Judgement(string? Verdict, string? Comment);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/access/break-glass", (HttpContext http, BreakGlassReview r) => r.ListAsync(http)).ForPermission(Permissions.BreakGlassReview);
        routes.MapPost("/admin/access/break-glass/{id:guid}/verdict", (Guid id, HttpContext http, BreakGlassReview r) => r.JudgeAsync(http, id)).ForPermission(Permissions.BreakGlassReview);
        routes.MapGet("/admin/access/notices", (HttpContext http, BreakGlassReview r) => r.NoticesAsync(http)).ForPermission(Permissions.BreakGlassReview);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var state = http.Request.Query["state"].ToString();
        if (state is not ("" or "open" or "judged"))
        {
            return Answer.Invalid("state", $"'{state}' is no state; there are open and judged.");
        }

        var asked = Queries.Count(http, DefaultPage, LargestPage);
        if (asked.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        if (!TryCursor(http.Request.Query["cursor"].ToString(), out var after))
        {
            return Answer.Invalid("cursor", "The cursor is not one that a page gave. Take 'next' as it is.");
        }

        var count = asked.Value;
        // How much was looked at is counted in the trail.
        await shipping.UpToNowAsync(http.RequestAborted);
        var found = await table.PageAsync(http.Caller().Tenant, state == "judged", after, count + 1, http.RequestAborted);
        var page = found.Take(count).ToList();
        return Results.Json(new { items = page.Select(Shown), next = found.Count > count ? $"{page[^1].StartedAt.UtcTicks}-{page[^1].Id:N}" : null });
    }

    private static bool TryCursor(string text, out (DateTimeOffset At, Guid Id)? cursor)
    {
        cursor = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Split('-') is not [var ticks, var id] || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTime.MaxValue.Ticks || !Guid.TryParseExact(id, "N", out var guid))
        {
            return false;
        }

        cursor = (new DateTimeOffset(at, TimeSpan.Zero), guid);
        return true;
    }

    private static object Shown(Opening o) => new
    {
        id = o.Id,
        user = new { id = o.Account, name = o.AccountName, roles = o.Roles },
        patient = o.Patient,
        reason = o.Reason,
        startedAt = o.StartedAt,
        until = o.Until,
        endedAt = o.EndedAt,
        accesses = o.Accesses,
        verdict = o.Verdict?.Word,
        comment = o.Verdict?.Comment,
        judgedBy = o.Verdict?.ByName,
        judgedAt = o.Verdict?.At,
    };

    private async Task<IResult> JudgeAsync(HttpContext http, Guid id)
    {
        var read = await JsonBody.ReadAsync<Judgement>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var judgement = read.Value;
        if (judgement.Verdict is null || !Verdict.Words.Contains(judgement.Verdict))
        {
            return Answer.Invalid("verdict", $"A verdict is one of {string.Join(", ", Verdict.Words)}.");
        }

        if (judgement.Comment is not { Length: <= BreakGlassRoutes.LongestText } || Texts.Visible(judgement.Comment).Length == 0)
        {
            return Answer.Invalid("comment", $"Say what the verdict rests on, in up to {BreakGlassRoutes.LongestText} characters.");
        }

        if (http.Features.Get<SignedIn>() is not { } signedIn)
        {
            return Answer.Forbidden("Only a person who is signed in to the pages of Salus judges.");
        }

        var caller = http.Caller();
        var verdict = new Verdict(judgement.Verdict, judgement.Comment.Trim(), signedIn.Account.Id, signedIn.Account.Name, time.GetUtcNow());
        if (await table.JudgeAsync(caller.Tenant, id, verdict, http.RequestAborted) is not { } judged)
        {
            return Answer.Conflict("There is no opening with this id that waits for a verdict of yours: it is still open and has to end first, was judged already, or is your own.");
        }

        await audit.WriteAsync(caller, AuditKind.BreakGlassReview, judged, $"{verdict.Word}: {verdict.Comment}", http.RequestAborted);
        return Results.Json(Shown(judged));
    }

    private async Task<IResult> NoticesAsync(HttpContext http)
    {
        var tenant = http.Caller().Tenant;
        var (open, active) = await table.CountAsync(tenant, time.GetUtcNow(), http.RequestAborted);
        // Asked every few seconds: how much was looked at may lag behind here.
        var newest = await table.PageAsync(tenant, judged: false, null, OnNotice, http.RequestAborted);
        return Results.Json(new { openReviews = open, active, newest = newest.Select(Shown) });
    }
}
