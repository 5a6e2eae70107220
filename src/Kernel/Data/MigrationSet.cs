using System.Reflection;

namespace Salus.Kernel;

/// <summary>
/// The tables of one module: embedded resources <c>*.Migrations.NNNN_name.sql</c> of an assembly, applied in the order of their numbers
/// into the schema of that name. Register with <c>services.AddSingleton(new MigrationSet("records", typeof(RecordsModule).Assembly))</c>.
/// </summary>
/// <param name="Module">The module's name and schema: lower-case letters, digits and underscores.</param>
/// <param name="Assembly">Where the files are embedded.</param>
public sealed record MigrationSet(string Module, Assembly Assembly)
{
    /// <summary>Tables that the sessions of a tenant may read, its own rows of them, by name; <c>*</c> stands for the rest of a name.</summary>
    public IReadOnlyList<string> Read { get; init; } = [];

    /// <summary>Tables that nobody but the owner changes or empties, by name; <c>*</c> stands for the rest of a name. The role that works across tenants may read and add rows.</summary>
    public IReadOnlyList<string> AppendOnly { get; init; } = [];

    /// <summary>Schemas of the module beside its own, of tables that the owner makes at run time and Salus reads.</summary>
    public IReadOnlyList<string> Made { get; init; } = [];
}
