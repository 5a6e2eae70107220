using System.Reflection;

namespace Salus.Kernel;

/// <summary>
/// The tables of one module: embedded resources <c>*.Migrations.NNNN_name.sql</c> of an assembly, applied in the order of their numbers
/// into the schema of that name. Register with <c>services.AddSingleton(new MigrationSet("records", typeof(RecordsModule).Assembly))</c>.
/// </summary>
/// <param name="Module">The module's name and schema: lower-case letters, digits and underscores.</param>
/// <param name="Assembly">Where the files are embedded.</param>
public sealed record MigrationSet(string Module, Assembly Assembly);
