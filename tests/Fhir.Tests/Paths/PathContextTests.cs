using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Tests.Search;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Paths;

/// <summary>What comes in from outside: resolver, terminology, profiles, trace, variables, clock.</summary>
public class PathContextTests
{
    private const string Observation = """
        {"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"urn:s","code":"a"},{"system":"urn:s","code":"b"}]},
         "subject":{"reference":"Patient/1"},"performer":[{"reference":"#c"},{"reference":"Practitioner/none"}],
         "contained":[{"resourceType":"Practitioner","id":"c","name":[{"family":"Within"}]}]}
        """;

    private const string Bundle = """
        {"resourceType":"Bundle","type":"collection","entry":[
          {"fullUrl":"http://e.org/Patient/1","resource":{"resourceType":"Patient","id":"1","name":[{"family":"First"}]}},
          {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","id":"2","name":[{"family":"Second"}]}},
          {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Observation","id":"3","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:2"},
            "performer":[{"reference":"Patient/1"},{"reference":"http://e.org/Patient/1"},{"reference":"Patient/9"}]}}]}
        """;

    private static readonly Element Patient = Extraction.Read("""{"resourceType":"Patient","id":"1","name":[{"family":"Outside"}]}""").Root;

    private static readonly PathContext Everything = new()
    {
        Resolve = static reference => reference == "Patient/1" ? Patient : default,
        MemberOf = static (code, valueSet) => valueSet == "urn:vs" ? code.Code is "b" or "final" : null,
        Subsumes = static (general, special) => general.System == "urn:s" ? general.Code == "a" && special.Code == "b" : null,
        ConformsTo = new BaseConformance(FhirDefinitions.R4).ConformsTo,
    };

    [Theory]
    [InlineData("subject.resolve().name.family", "Outside")]
    [InlineData("subject.resolve() is Patient", "true")]
    [InlineData("subject.resolve().ofType(Patient).id", "1")]
    [InlineData("performer.resolve().name.family", "Within")]
    [InlineData("performer.resolve().count()", "1")]
    [InlineData("'Patient/1'.resolve().id", "1")]
    [InlineData("code.memberOf('urn:vs')", "true")]
    [InlineData("code.coding.first().memberOf('urn:vs')", "false")]
    [InlineData("status.memberOf('urn:vs')", "true")]
    [InlineData("{}.memberOf('urn:vs')", "")]
    [InlineData("code.coding[0].subsumes(%resource.code.coding[1])", "true")]
    [InlineData("code.coding[1].subsumes(%resource.code.coding[0])", "false")]
    [InlineData("code.coding[1].subsumedBy(%resource.code.coding[0])", "true")]
    [InlineData("code.coding[1].subsumes(%resource.code.coding[1])", "true")]
    [InlineData("conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')", "true")]
    [InlineData("contained.conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "false")]
    public void The_caller_answers(string text, string expected) => Assert.Equal(expected, Evaluate(text, Observation, Everything));

    [Theory]
    [InlineData("entry.resource.ofType(Observation).subject.resolve().name.family", "Second")]
    [InlineData("entry.resource.ofType(Observation).performer.resolve().name.family", "First, First")]
    public void References_inside_a_bundle_need_no_resolver(string text, string expected) =>
        Assert.Equal(expected, Evaluate(text, Bundle, Everything with { Resolve = static _ => default }));

    private const string Unresolvable = """
        {"resourceType":"Patient","name":[{"given":["Peter"],"family":"Meier: of http"}],"managingOrganization":{"display":"A hospital"},
         "generalPractitioner":[{"display":"Someone"},{"type":"Practitioner","identifier":{"value":"7"}},{"reference":"nonsense"},{"reference":"#none"}]}
        """;

    [Theory]
    [InlineData("name.given.resolve().exists()", "false")]
    [InlineData("name.family.resolve().exists()", "false")]
    [InlineData("name.given.resolve() is Patient", "")]
    [InlineData("name.resolve().count()", "0")]
    [InlineData("'Peter'.resolve().exists()", "false")]
    [InlineData("managingOrganization.resolve().exists()", "false")]
    [InlineData("managingOrganization.resolve() is Organization", "")]
    [InlineData("generalPractitioner.resolve().exists()", "false")]
    [InlineData("generalPractitioner.where(resolve() is Practitioner).identifier.value", "7")]
    [InlineData("generalPractitioner.resolve().ofType(Patient)", "")]
    public void What_is_no_reference_resolves_to_nothing(string text, string expected) => Assert.Equal(expected, Evaluate(text, Unresolvable, PathContext.Default));

    private const string Nested = """
        {"resourceType":"Bundle","type":"collection","entry":[
          {"resource":{"resourceType":"Observation","id":"1","status":"final","code":{"text":"x"},"subject":{"reference":"#p"},"encounter":{"reference":"Encounter/e"},
            "contained":[{"resourceType":"Patient","id":"p","name":[{"family":"Inner"}],"link":[{"other":{"reference":"#"},"type":"seealso"}]}]}},
          {"resource":{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/9"},"contained":[{"resourceType":"Group","id":"p","type":"person","actual":true}]}},
          {"resource":{"resourceType":"Bundle","type":"collection","entry":[
            {"resource":{"resourceType":"Observation","id":"2","status":"final","code":{"text":"x"},"encounter":{"reference":"Encounter/e"} }},
            {"resource":{"resourceType":"Encounter","id":"e","status":"planned","class":{"code":"AMB"} }}]}}]}
        """;

    [Theory]
    [InlineData("entry.resource.ofType(Observation).subject.resolve().name.family", "Inner")]
    [InlineData("entry.resource.ofType(Observation).contained.link.other.resolve().id", "1")]
    [InlineData("entry.resource.ofType(Observation).encounter.resolve().status", "finished")]
    [InlineData("entry.resource.ofType(Bundle).entry.resource.ofType(Observation).encounter.resolve().status", "planned")]
    public void References_are_looked_up_around_themselves(string text, string expected) =>
        Assert.Equal(expected, Evaluate(text, Nested, Everything with { Resolve = static _ => default }));

    [Fact]
    public void What_a_local_reference_points_to_is_told_by_its_own_container()
    {
        Assert.Equal("true", Evaluate("entry.resource.ofType(Observation).subject.resolve() is Patient", Nested, PathContext.Default));
    }

    [Fact]
    public void Entries_of_the_bundle_are_found_from_one_of_its_resources()
    {
        var observation = FhirPath.Compile("entry.resource", "Bundle");
        var values = new PathCollection();
        var document = Extraction.Read(Nested);
        Assert.True(observation.TryEvaluate(document.Root, values, out _));
        var first = values[0].Element;
        Assert.True(FhirPath.Compile("encounter.resolve().status = 'finished'", "Observation").TryTest(first, out var met, out var error, new PathContext { Resource = first, RootResource = first }), error?.ToString());
        Assert.True(met);
    }

    [Fact]
    public void An_index_from_outside_stands_until_an_iteration_has_its_own()
    {
        Assert.Equal("true", Evaluate("$index = 3", Observation, new PathContext { Index = 3 }));
        Assert.Equal("true", Evaluate("code.coding.where($index = 0).count() = 1 and $index = 3", Observation, new PathContext { Index = 3 }));
    }

    [Fact]
    public void Evaluations_that_share_a_budget_use_it_up_together()
    {
        var (path, document, left) = (FhirPath.Compile("code.coding.code.count()", "Observation"), Extraction.Read(Observation), 100L);
        var rounds = 0;
        PathError? error = null;
        while (rounds < 200 && path.TryEvaluate(document.Root, new PathCollection(), PathContext.Default, ref left, out error))
        {
            rounds++;
        }

        Assert.InRange(rounds, 2, 99);
        Assert.Equal(PathErrorKind.TooCostly, error!.Kind);
        Assert.True(left <= 0);
    }

    [Theory]
    [InlineData("subject.resolve().name", "no resolver was supplied")]
    [InlineData("subject.resolve().exists()", "no resolver was supplied")]
    [InlineData("subject.resolve()", "no resolver was supplied")]
    [InlineData("performer.resolve().count()", "no resolver was supplied")]
    [InlineData("subject.resolve().ofType(Patient)", "no resolver was supplied")]
    [InlineData("subject.resolve().ofType(Resource).empty()", "no resolver was supplied")]
    [InlineData("(subject.resolve() as Patient).name", "no resolver was supplied")]
    [InlineData("'Patient/1'.resolve()", "no resolver was supplied")]
    [InlineData("'urn:uuid:1'.resolve().exists()", "no resolver was supplied")]
    [InlineData("code.memberOf('urn:vs')", "a terminology, and none was supplied")]
    [InlineData("code.coding[0].subsumes(%resource.code.coding[1])", "a terminology, and none was supplied")]
    [InlineData("conformsTo('urn:p')", "a validator, and none was supplied")]
    [InlineData("slice('urn:p', 'x')", "none was supplied")]
    [InlineData("%given", "No value was supplied for %given")]
    public void What_is_not_supplied_is_an_error_that_says_so(string text, string message)
    {
        var document = Extraction.Read(Observation);
        Assert.True(FhirPath.TryCompile(text, FhirDefinitions.R4, document.Type, out var path, out var error, new PathOptions { Variables = ["given"] }), error?.ToString());
        Assert.False(path.TryEvaluate(document.Root, new PathCollection(), out error));
        Assert.Equal(PathErrorKind.NotSupplied, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code.memberOf('urn:other')", "The value set urn:other is not known")]
    [InlineData("conformsTo('urn:p')", "The profile urn:p is not known")]
    [InlineData("'x'.subsumes('y')", "is not known how")]
    public void What_the_caller_does_not_know_is_an_error(string text, string message)
    {
        var document = Extraction.Read(Observation);
        Assert.False(FhirPath.Compile(text, "Observation").TryEvaluate(document.Root, new PathCollection(), out var error, Everything));
        Assert.Equal(PathErrorKind.Execution, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_come_from_the_caller()
    {
        var document = Extraction.Read(Observation);
        var path = FhirPath.Compile("code.coding.where(code = %wanted).count() + %more", "Observation", new PathOptions { Variables = ["wanted", "more"] });
        var context = new PathContext { Variables = new Dictionary<string, IReadOnlyList<PathValue>> { ["wanted"] = [PathValue.Of("b")], ["more"] = [PathValue.Of(10)] } };
        Assert.True(path.TrySingle(document.Root, out var value, out var error, context), error?.ToString());
        Assert.Equal(11, value.Integer);
    }

    [Fact]
    public void A_trace_goes_to_the_caller_and_nowhere_else()
    {
        var document = Extraction.Read(Observation);
        var traced = new List<string>();
        var context = new PathContext { Trace = (name, values) => traced.Add($"{name}: {string.Join(", ", values)}") };
        Assert.True(FhirPath.Compile("code.coding.trace('codes', code).count().trace('count')", "Observation").TryEvaluate(document.Root, new PathCollection(), out _, context));
        Assert.Equal(["codes: a, b", "count: 2"], traced);
    }

    [Fact]
    public void The_clock_is_asked_once()
    {
        var context = new PathContext { Clock = new SteppingClock() };
        Assert.Equal("true", Evaluate("now() = now()", Observation, context));
        Assert.Equal("2020-02-29", Evaluate("today()", Observation, new PathContext { Clock = new SteppingClock() }));
        Assert.Equal("23:59:58.000", Evaluate("timeOfDay()", Observation, new PathContext { Clock = new SteppingClock() }));
    }

    private static string Evaluate(string text, string json, PathContext context)
    {
        var document = Extraction.Read(json);
        var values = new PathCollection();
        Assert.True(FhirPath.Compile(text, document.Type.Name).TryEvaluate(document.Root, values, out var error, context), error?.ToString());
        return string.Join(", ", values);
    }

    /// <summary>A second later each time it is asked.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private DateTimeOffset now = new(2020, 2, 29, 23, 59, 57, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now += TimeSpan.FromSeconds(1);
    }
}
