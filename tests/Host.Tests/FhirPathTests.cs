using Salus.TestSupport;

namespace Salus.Host.Tests;

public sealed class FhirPathTests : IDisposable
{
    private const string Suite = """
        <tests name="own">
          <group name="names">
            <test name="given" inputfile="patient.xml"><expression>name.given</expression><output type="string">A</output><output type="string">B</output></test>
            <test name="wrong" inputfile="patient.xml"><expression>name.family</expression><output type="string">Other</output></test>
            <test name="refused" inputfile="patient.xml"><expression invalid="semantic">nam</expression></test>
            <test name="sum"><expression>1.0 + 1</expression><output type="decimal">2.0</output></test>
            <test name="absent" inputfile="nothing.json"><expression>id</expression></test>
          </group>
        </tests>
        """;

    private readonly TestFolder folder = new();

    public FhirPathTests()
    {
        File.WriteAllText(folder["suite.xml"], Suite);
        File.WriteAllText(
            folder["patient.xml"],
            """<Patient xmlns="http://hl7.org/fhir"><name><family value="F"/><given value="A"/><given value="B"/></name><birthDate value="1974-12"/></Patient>""");
        File.WriteAllText(folder["patient.json"], """{"resourceType":"Patient","name":[{"given":["A"]}]}""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_suite_names_each_failure_and_ends_with_the_counts()
    {
        using var salus = SalusProcess.Start(["fhirpath", "test", folder["suite.xml"], "--input", folder["."]]);
        Assert.Equal(1, await salus.EndAsync());
        var lines = salus.Output().Split('\n');
        Assert.StartsWith("FAILED names/wrong: name.family", lines[0], StringComparison.Ordinal);
        Assert.Contains("string Other was expected, and it gave string F", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("FAILED names/absent: id", lines[2], StringComparison.Ordinal);
        Assert.Equal("3 passed, 2 failed", lines[^1]);
    }

    [Fact]
    public async Task An_expression_prints_types_and_values()
    {
        using var salus = SalusProcess.Start(["fhirpath", "eval", "name | birthDate | 1.50 | (2 days)", folder["patient.xml"]]);
        Assert.Equal(0, await salus.EndAsync());
        Assert.Equal("HumanName\t{\"family\":\"F\",\"given\":[\"A\",\"B\"]}\ndate\t1974-12\nSystem.Decimal\t1.50\nSystem.Quantity\t2 day", salus.Output());
    }

    [Fact]
    public async Task A_date_is_no_file_of_arguments()
    {
        using var salus = SalusProcess.Start(["fhirpath", "eval", "@2015"]);
        Assert.Equal(0, await salus.EndAsync());
        Assert.Equal("System.Date\t2015", salus.Output());
    }

    [Fact]
    public async Task A_mistake_is_underlined()
    {
        using var salus = SalusProcess.Start(["fhirpath", "eval", "name.where(gven = 'A')", folder["patient.json"]]);
        Assert.Equal(1, await salus.EndAsync());
        Assert.Equal(["salus: HumanName has no element 'gven'; did you mean 'given'? (at position 12)", "  name.where(gven = 'A')", "             ^"], salus.Errors);
    }

    [Fact]
    public async Task A_suite_whose_inputs_are_elsewhere_is_not_run()
    {
        Directory.CreateDirectory(folder["empty"]);
        using var salus = SalusProcess.Start(["fhirpath", "test", folder["suite.xml"], "--input", folder["empty"]]);
        await salus.RefusedAsync("None of the 2 resources that the tests name, such as nothing.json, is in", "--input DIR");
        Assert.Equal(2, await salus.EndAsync());
        Assert.Equal("", salus.Output());
    }

    [Theory]
    [InlineData("There is no file", "fhirpath", "eval", "1", "nowhere.json")]
    [InlineData("There is no file", "fhirpath", "test", "nowhere.xml")]
    [InlineData("is a folder; a file is needed here", "fhirpath", "test", ".")]
    [InlineData("There is no folder", "views", "test", "nowhere")]
    [InlineData("There is no file", "views", "run", "nowhere.json", "patient.json")]
    [InlineData("There is no file", "views", "run", "view.json", "nowhere.json")]
    [InlineData("There is no file", "packages", "load", "nowhere.tgz")]
    public async Task A_missing_file_is_named_in_a_sentence(string reason, string command, string verb, params string[] files)
    {
        File.WriteAllText(folder["view.json"], """{"resourceType":"ViewDefinition","resource":"Patient","status":"active","select":[{"column":[{"name":"id","path":"id"}]}]}""");
        using var salus = SalusProcess.Start([command, verb, .. files.Select(f => f == "1" ? f : folder[f])]);
        await salus.RefusedAsync(reason);
        Assert.Equal(2, await salus.EndAsync());
    }

    [Theory]
    [InlineData("eval", "1", "nowhere.json")]
    [InlineData("eval", "1", "suite.xml")]
    [InlineData("test", "patient.xml", null)]
    [InlineData("test", "patient.json", null)]
    public async Task A_file_that_cannot_be_read_is_named_with_its_reason(string verb, string first, string? second)
    {
        string[] files = second is null ? [folder[first]] : [first, folder[second]];
        using var salus = SalusProcess.Start(["fhirpath", verb, .. files]);
        Assert.Equal(2, await salus.EndAsync());
        Assert.StartsWith("salus: ", Assert.Single(salus.Errors), StringComparison.Ordinal);
    }
}
