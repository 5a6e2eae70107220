using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Tells the trail of a request that the gate turned away.</summary>
internal sealed class AuditedRefusal(IAuditTrail trail, IQueryVeil veil)
{
    public async Task WriteAsync(Caller caller, HttpContext http, int status, string reason)
    {
        var entry = new AuditEntry(caller, AuditKind.Denied)
        {
            Outcome = AuditOutcome.MinorFailure,
            Query = $"{http.Request.Method} {http.Request.Path}{veil.Query(http.Request.QueryString.Value ?? "")}",
            Detail = $"{status}: {reason}",
        };
        try
        {
            await trail.WriteAsync([entry], CancellationToken.None);
        }
        catch (IOException)
        {
            // It is in the log, and nothing is given away: they are turned away all the same.
        }
    }
}
