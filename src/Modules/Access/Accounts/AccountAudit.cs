using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>Writes what happens to accounts into the audit trail.</summary>
internal sealed class AccountAudit(IAuditTrail trail)
{
    /// <param name="user">Whom it is about; null for nobody who is known. What was typed as a user name is not kept: it may be a password.</param>
    /// <param name="self">True when whoever calls is this user, also before their session exists.</param>
    public ValueTask WriteAsync(HttpContext http, AuditKind kind, User? user, string detail, CancellationToken ct, bool success = true, bool self = false)
    {
        var caller = http.Caller();
        if (self && user is not null)
        {
            caller = new Caller(new Tenant(user.Tenant), user.ToAccount().Actor) { Name = user.Name, Person = user.Person, Roles = user.Roles, Origin = caller.Origin, Session = caller.Session };
        }

        return trail.WriteAsync(
            [new AuditEntry(caller, kind) { Type = "user", Id = user?.Id.ToString("N"), Detail = detail, Outcome = success ? AuditOutcome.Success : AuditOutcome.MinorFailure }], ct);
    }
}
