using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Monitoring.Devices;

/// <summary>Attaches a device to a patient and detaches it: <c>POST</c> and <c>DELETE /monitoring/devices/{id}/association</c>, as a DeviceUseStatement in the record that the caller writes.</summary>
internal sealed class Association(DeviceIndex index, RegistryProgress progress, Database database, Record record, PatientSight sight, IKnownResources known, IngestOptions options, TimeProvider time)
{
    // The change feed brings a write within milliseconds; whoever sends data next is to find it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IResult> PostAsync(HttpContext http, string id)
    {
        var read = await AssociationRequest.ReadAsync(http);
        if (read.Failed(out var failure))
        {
            return new Refused(failure);
        }

        var device = await FindAsync(http.Caller(), id, http.RequestAborted);
        if (device.Failed(out failure))
        {
            return new Refused(failure);
        }

        var outcome = await AttachAsync(http.Caller(), device.Value, read.Value, http.RequestAborted);
        return outcome.Failed(out failure) ? new Refused(failure) : TypedResults.Json(outcome.Value, statusCode: StatusCodes.Status201Created);
    }

    public async Task<IResult> DeleteAsync(HttpContext http, string id)
    {
        if ((await FindAsync(http.Caller(), id, http.RequestAborted)).Failed(out var failure))
        {
            return new Refused(failure);
        }

        var refused = await DetachAsync(http.Caller(), id, http.RequestAborted);
        return refused is null ? TypedResults.NoContent() : new Refused(refused);
    }

    // One that was written a moment ago is waited for.
    private async Task<Outcome<RegisteredDevice>> FindAsync(Caller caller, string id, CancellationToken ct) =>
        (index.Get(caller.Tenant, id) ?? (await KnownAsync(ct) ? index.Get(caller.Tenant, id) : null)) is { } device
            ? device
            : new Failure(FailureKind.NotFound, "not-found", "There is no Device of this logical id in the registry.", "id");

    private async Task<Outcome<object>> AttachAsync(Caller caller, RegisteredDevice device, AssociationRequest request, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var from = request.From ?? now;
        if (!device.IsUsable)
        {
            return new Failure(FailureKind.Unprocessable, "business-rule", $"The Device is {device.Row.Status}. Set its status to active first.", "id");
        }

        if (from > now + (options.ClockToleranceSeconds * 1000L))
        {
            return new Failure(FailureKind.Invalid, "value", "This is in the future.", "from");
        }

        var seen = await sight.SeenAsync(caller, "DeviceUseStatement", [request.Patient], ct);
        if (seen.Failed(out var failure) || !seen.Value.Contains(request.Patient))
        {
            return failure ?? new Failure(FailureKind.Unprocessable, "not-found", "There is no Patient of this logical id, or not for you.", "patient");
        }

        if (request.Bed is { } place && place != device.Row.Bed && !await known.ExistsAsync(caller.Tenant, "Location", place, ct))
        {
            return new Failure(FailureKind.Unprocessable, "not-found", "There is no Location of this logical id.", "bed");
        }

        var uses = await DeviceTable.UsesAsync(database.For(caller.Tenant).Source, caller.Tenant, device.Id, ct);
        var open = uses.Where(u => u.Counts && (u.Until ?? long.MaxValue) > from).ToList();
        if (open.Find(u => u.Start >= from) is { Start: { } later })
        {
            return new Failure(FailureKind.Conflict, "conflict", $"Somebody is on the device from {Ingest.RejectionText.Time(later)} on. Name a later time, or correct DeviceUseStatement/{open.First(u => u.Start == later).Id}.", "from");
        }

        if (await NotTheirsAsync(caller, open, ct) is { } theirs)
        {
            return theirs;
        }

        var bundle = new AssociationBundle();
        open.ForEach(u => bundle.End(u, from));
        bundle.Begin(device.Id, request.Patient, from, uses.Count == 0 ? 0 : uses.Max(u => u.Position), now);
        if (request.Bed is { } bed && bed != device.Row.Bed)
        {
            bundle.Move(device.Id, bed);
        }

        return await WriteAsync(caller, device.Id, request, bundle, from, ct);
    }

    private async Task<Outcome<object>> WriteAsync(Caller caller, string device, AssociationRequest request, AssociationBundle bundle, long from, CancellationToken ct)
    {
        var outcome = await record.PostBundleAsync(caller, bundle.ToUtf8(), ct);
        if (outcome.Failed(out var failure))
        {
            return Changed(failure);
        }

        var response = JsonNode.Parse(outcome.Value.Span)!["entry"]![0]!["response"]!;
        if (((string)response["status"]!).StartsWith("200", StringComparison.Ordinal))
        {
            return Changed();
        }

        var statement = ((string)response["location"]!).Split("/_history")[0].Split('/')[^1];
        var known = await KnownAsync(ct);
        return new { device, request.Patient, bed = request.Bed ?? index.Get(caller.Tenant, device)?.Row.Bed, since = DateTimeOffset.FromUnixTimeMilliseconds(from), statement = $"DeviceUseStatement/{statement}", effective = known };
    }

    private async Task<Failure?> DetachAsync(Caller caller, string device, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var open = (await DeviceTable.UsesAsync(database.For(caller.Tenant).Source, caller.Tenant, device, ct)).Where(u => u.Counts && (u.Until ?? long.MaxValue) > now && (u.Start ?? long.MinValue) < now).ToList();
        if (open.Count == 0)
        {
            return new Failure(FailureKind.NotFound, "not-found", "Nobody is on the device.", "id");
        }

        if (await NotTheirsAsync(caller, open, ct) is { } theirs)
        {
            return theirs;
        }

        var bundle = new AssociationBundle();
        open.ForEach(u => bundle.End(u, now));
        var outcome = await record.PostBundleAsync(caller, bundle.ToUtf8(), ct);
        if (outcome.Failed(out var failure))
        {
            return Changed(failure);
        }

        await KnownAsync(ct);
        return null;
    }

    // Whoever may not see the patient who is on it cannot end that.
    private async Task<Failure?> NotTheirsAsync(Caller caller, List<DeviceUseRow> open, CancellationToken ct)
    {
        if (open.Count == 0)
        {
            return null;
        }

        var on = open.Select(u => u.Patient!).Distinct(StringComparer.Ordinal).ToList();
        var seen = await sight.SeenAsync(caller, "DeviceUseStatement", on, ct, Interactions.Update);
        return seen.Failed(out var failure) ? failure
            : seen.Value.Count == on.Count ? null
            : new Failure(FailureKind.Forbidden, "forbidden", "The device is on a patient who is not among yours. Whoever has that patient detaches it.", "id");
    }

    // It is stored; when the database goes away behind it, that is known later.
    private async Task<bool> KnownAsync(CancellationToken ct)
    {
        try
        {
            return await progress.CurrentAsync(Patience, ct);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return false;
        }
    }

    private static Failure Changed(Failure? why = null) => why is null or { Kind: FailureKind.PreconditionFailed or FailureKind.Conflict }
        ? new Failure(FailureKind.Conflict, "conflict", "Somebody else changed the association of this device at the same moment. Look who is on it now, and try again.")
        : why;
}
