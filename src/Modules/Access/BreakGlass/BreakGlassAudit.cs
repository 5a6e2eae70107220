using Salus.Kernel;

namespace Salus.Access.BreakGlass;

/// <summary>Writes what happens to openings into the audit trail, as an entry about the patient.</summary>
internal sealed class BreakGlassAudit(IAuditTrail trail)
{
    public ValueTask WriteAsync(Caller caller, AuditKind kind, Opening opening, string detail, CancellationToken ct) =>
        trail.WriteAsync(
            [new AuditEntry(kind is AuditKind.BreakGlass ? caller with { Opened = [new OpenedRecord(opening.Patient, opening.Id)] } : caller, kind) { Type = "Patient", Id = opening.Patient, Patients = [opening.Patient], Detail = detail }],
            ct);
}
