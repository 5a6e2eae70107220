using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.Reindex;

/// <summary><c>GET /admin/search/reindex</c>: which parameters are not complete, and how far indexing again is.</summary>
internal static class ReindexEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/admin/search/reindex",
        async (Database database, SearchParameterSet parameters, IndexState state, AddedParameters added, PackageParameters packages, CancellationToken ct) =>
        {
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            await state.ReadAsync(connection, ct);
            var snapshot = parameters.Current;
            var jobs = state.Progress.ToList();
            var waiting = snapshot.All
                .SelectMany(p => IndexContents.Of(p).Where(f => !state.IsComplete(p, f)).Select(f => (Type: p.ResourceType.Name, Name: IndexContents.Name(p, f)))).ToList();
            return Results.Json(new
            {
                state = jobs.Exists(j => j.FinishedAt is null) ? jobs.Exists(j => j.Problem is not null) ? "stopped" : "running" : waiting.Count > 0 ? "waiting" : "complete",
                extractor = IndexContents.Version,
                definitions = snapshot.Version >= 0 ? snapshot.Version : (long?)null,
                types = jobs.Select(j => new
                {
                    type = j.ResourceType,
                    state = j.FinishedAt is not null ? "complete" : j.Problem is not null ? "stopped" : "running",
                    done = j.Done,
                    total = Math.Max(j.Done, j.Total),
                    ratePerSecond = j.Rate is { } rate ? Math.Round(rate, 1) : (double?)null,
                    startedAt = j.StartedAt,
                    updatedAt = j.UpdatedAt,
                    finishedAt = j.FinishedAt,
                    problem = j.Problem,
                }),
                incomplete = waiting.GroupBy(w => w.Type, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new { type = g.Key, parameters = g.Select(w => w.Name).Order(StringComparer.Ordinal) }),
                packages = packages.Decided is { } decided
                    ? new { taken = decided.Where(d => d.Skipped is null).Select(d => d.Code), skipped = decided.Where(d => d.Skipped is not null).Select(d => new { url = d.Url, code = d.Code, reason = d.Skipped }) }
                    : null,
                unused = added.Unused.Select(u => new { id = u.Id, reason = u.Reason }),
            });
        }).ForPermission(Permissions.SystemView);
}
