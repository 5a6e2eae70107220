using Npgsql;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Storage;

namespace Salus.Records;

/// <summary>
/// Whose data a caller may see, for what modules keep of patients beside resources: decided as if it were a resource of a type, in the compartment of the patient and without a label.
/// A grant with criteria counts for nothing here. Safe for all threads.
/// </summary>
public sealed class PatientSight
{
    private readonly Database database;
    private readonly Catalog catalog;
    private readonly AccessConditions access;

    internal PatientSight(Database database, Catalog catalog, AccessConditions access) => (this.database, this.catalog, this.access) = (database, catalog, access);

    /// <summary>
    /// Of these patients, those whom the caller may see: the Patient resource is there and may be read, and so may resources of the type. At most a second late. Forbidden when the
    /// caller may read nothing of the type at all.
    /// </summary>
    /// <param name="type">A resource type that stands for the data: <c>Observation</c> for what devices measure.</param>
    /// <param name="patients">Logical ids.</param>
    /// <param name="interaction">What is to be done with the data.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<Outcome<IReadOnlySet<string>>> SeenAsync(Caller caller, string type, IReadOnlyCollection<string> patients, CancellationToken ct, Interactions interaction = Interactions.Read)
    {
        var ofType = await access.OfAsync(caller, type, interaction, ct);
        if (ofType.Failed(out var failure))
        {
            return failure;
        }

        var ofPatient = await access.OfAsync(caller, "Patient", Interactions.Read, ct);
        if (ofPatient.Failed(out failure))
        {
            return failure;
        }

        // What is no logical id is nobody's, and may hold what the database cannot take.
        var asked = patients.Where(p => Preparation.CheckId(p) is null && ofType.Value.Reaches(new Belonging([p], Confidentiality.Normal))).Distinct(StringComparer.Ordinal).ToArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (asked.Length == 0)
        {
            return seen;
        }

        await using var command = database.For(caller.Tenant).Source.CreateCommand("select id, patients, label from records.current where tenant = $1 and type = $2 and id = any($3) and not deleted");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number("Patient") });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = asked });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (ofPatient.Value.Always || (Belonging.Read(reader, 1, 2) is { } row && ofPatient.Value.Reaches(row)))
            {
                seen.Add(reader.GetString(0));
            }
        }

        return seen;
    }

    /// <summary>The same for one patient: why they are hidden from the caller, null where they are not. Who is not there and who may not be seen are told apart by nothing.</summary>
    /// <inheritdoc cref="SeenAsync"/>
    public async Task<Failure?> HiddenAsync(Caller caller, string type, string patient, CancellationToken ct, Interactions interaction = Interactions.Read)
    {
        var seen = await SeenAsync(caller, type, [patient], ct, interaction);
        return seen.Failed(out var failure) ? failure
            : seen.Value.Count == 0 ? new Failure(FailureKind.NotFound, "not-found", "There is no such patient, or none that you may see. It takes the logical id of a Patient.", "patient")
            : null;
    }
}
