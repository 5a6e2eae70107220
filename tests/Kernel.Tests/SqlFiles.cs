using System.Reflection;
using System.Text;

namespace Salus.Kernel.Tests;

/// <summary>An assembly whose embedded migrations are given in the test.</summary>
internal sealed class SqlFiles(params (string Name, string Sql)[] files) : Assembly
{
    public MigrationSet Set { get => new("sample", this); }

    public override string[] GetManifestResourceNames() => [.. files.Select(f => $"Sample.Migrations.{f.Name}.sql"), "Sample.Migrations.readme.md", "Sample.other.sql"];

    public override Stream GetManifestResourceStream(string name) =>
        new MemoryStream(Encoding.UTF8.GetBytes(files.Single(f => $"Sample.Migrations.{f.Name}.sql" == name).Sql));

    public override AssemblyName GetName() => new("Sample" + string.Concat(files.Select(f => f.Name)));
}
