using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Read;

namespace Salus.Records.Access;

/// <summary>Whose record is a caller's own, as a read of the Patient sees it: a proxy that has ended, or that the table of permissions does not let in, has none.</summary>
internal sealed class OwnRecord(Reaches reaches, ResourceVersions versions, FhirDefinitions definitions) : IOwnRecord
{
    public async ValueTask<string?> PatientAsync(Caller caller, CancellationToken ct)
    {
        if (caller.Person is not { } person)
        {
            return null;
        }

        // One at most: RelatedPerson.patient is a single reference.
        var own = await reaches.PatientsAsync(caller.Tenant, new Reach.Own(person), ct);
        return !own.Failed(out _) && own.Value is { Ids: [var patient] } && !(await versions.ReadAsync(caller, definitions.Type("Patient")!, patient, ct)).Failed(out _) ? patient : null;
    }
}
