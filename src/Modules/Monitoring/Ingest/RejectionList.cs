using System.Globalization;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Shows what was not taken: <c>GET /monitoring/rejections?device=&amp;reason=&amp;count=</c>.</summary>
internal sealed class RejectionList(RejectionTable table)
{
    private const int Most = 1000;
    private const int Usual = 100;

    public async Task<IResult> GetAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var (device, reason, number) = (Only(query["device"]), Only(query["reason"]), Only(query["count"]));
        var count = Usual;
        if (number is not null && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > Most))
        {
            return new Refused(new Failure(FailureKind.Invalid, "value", $"count is a number from 0 to {Most}.", "count"));
        }

        foreach (var (name, value) in new[] { ("device", device), ("reason", reason) })
        {
            if (value?.Any(char.IsControl) == true)
            {
                return new Refused(new Failure(FailureKind.Invalid, "value", "It has a control character, which nothing that is asked for has.", name));
            }
        }

        await table.FlushAsync(http.RequestAborted);
        var tenant = http.Caller().Tenant;
        var counts = await table.CountsAsync(tenant, device, reason, http.RequestAborted);
        var examples = await table.ExamplesAsync(tenant, device, reason, count, http.RequestAborted);
        return TypedResults.Json(new
        {
            counts = counts.Select(c => new { c.Device, c.Reason, c.Count, c.Last }),
            examples = examples.Select(e => new { e.At, e.Device, e.Code, e.Reason, e.Message }),
        });
    }

    private static string? Only(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
