using System.Text.RegularExpressions;

namespace Salus.Architecture.Tests;

public sealed partial class ModuleTests
{
    private static readonly string[] Foundations = ["Records", "Access"];

    [Fact]
    public void Public_types_stand_only_in_Public_and_in_module_and_options_files()
    {
        Repository.None(
            from module in Repository.Modules
            from file in Repository.Below(module.Folder, ".cs")
            where !file.StartsWith($"{module.Folder}Public/", StringComparison.Ordinal)
                && !file.EndsWith("Module.cs", StringComparison.Ordinal) && !file.EndsWith("Options.cs", StringComparison.Ordinal)
            from Match type in PublicType().Matches(Repository.Text(file))
            select $"{file}: '{type.Groups["name"].Value}' is public. Make it internal, or move it to {module.Folder}Public/.");
    }

    [Fact]
    public void No_module_names_the_tables_of_another_one()
    {
        var places = Repository.Modules.Select(m => (m.Name, m.Folder)).Append(("Host", "src/Host/"));
        Repository.None(
            from place in places
            from other in Repository.Modules
            where other.Schema is not null && other.Name != place.Item1
            from file in Repository.Below(place.Item2, ".cs", ".sql")
            from Match use in Tables(other.Schema!).Matches(Repository.Text(file))
            select $"{file}: '{use.Value}' is a table of {other.Name}. Read it through {other.Folder}Public/ or the change feed.");
    }

    [Fact]
    public void Modules_use_no_module_but_the_record_and_access()
    {
        Repository.None(
            from module in Repository.Modules
            from used in module.MayUse
            where !Foundations.Contains(used) || Foundations.Contains(module.Name)
            select $"{module.Folder}{module.Name}.csproj: {module.Name} may not use {used}. What they share is a resource or a feed event.");
    }

    [Fact]
    public void Kernel_and_Fhir_reference_no_module()
    {
        Repository.None(
            from project in (string[])["src/Kernel/Kernel.csproj", "src/Fhir/Fhir.csproj"]
            where Repository.Text(project).Contains("Modules/", StringComparison.Ordinal)
            select $"{project} references a module.");
    }

    [Fact]
    public void The_table_in_the_architecture_doc_is_what_the_projects_say()
    {
        var documented = TableRow().Matches(Repository.Text("docs/architecture.md")).Select(row =>
            Row(row.Groups["name"].Value, Words(row.Groups["use"].Value), Words(row.Groups["schema"].Value).SingleOrDefault()));
        var real = Repository.Modules.Select(m => Row(m.Name, m.MayUse, m.Schema));
        Assert.Equal(real.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("public sealed class A;", "A")]
    [InlineData("public readonly record struct B(int X);", "B")]
    [InlineData("public static partial class C { }", "C")]
    [InlineData("    public sealed class Nested { }", null)]
    [InlineData("internal sealed class D;", null)]
    public void A_public_type_is_recognized(string source, string? name) =>
        Assert.Equal(name, PublicType().Match(source) is { Success: true } match ? match.Groups["name"].Value : null);

    [Theory]
    [InlineData("select 1 from records.log", true)]
    [InlineData("insert into \"records\".current", true)]
    [InlineData("var size = records.MaxBodyBytes;", false)]
    [InlineData("using Salus.Records.Storage;", false)]
    public void The_use_of_a_table_is_recognized(string source, bool found) => Assert.Equal(found, Tables("records").IsMatch(source));

    private static string Row(string name, IEnumerable<string> use, string? schema) => $"{name}: uses [{string.Join(", ", use.Order(StringComparer.Ordinal))}], schema {schema ?? "none"}";

    private static IEnumerable<string> Words(string cell) => Code().Matches(cell).Select(m => m.Groups[1].Value);

    // Members of C# begin with a capital, tables and columns do not.
    private static Regex Tables(string schema) => new($"(?<![\\w.])\"?{schema}\"?\\.\"?[a-z_]+", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"^public (?:(?:sealed|static|abstract|partial|readonly|ref|unsafe) )*(?:class|record struct|record class|record|struct|interface|enum|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    // | [`Name`](modules/name.md) | `Records` | `schema` | routes | what it does |
    [GeneratedRegex(@"^\| \[?`(?<name>\w+)`[^|]*\| (?<use>[^|]*) \| (?<schema>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
