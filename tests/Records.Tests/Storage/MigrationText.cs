namespace Salus.Records.Tests.Storage;

/// <summary>The SQL of one migration of the module.</summary>
internal static class MigrationText
{
    public static string Of(string name)
    {
        var assembly = typeof(RecordsModule).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(n => n.EndsWith($".{name}.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
