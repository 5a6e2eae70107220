using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation;

/// <summary>A limit on issues never makes a resource valid that was not looked at.</summary>
public sealed class IssueLimitTests
{
    private static readonly ResourceValidator Validator = new(FhirDefinitions.R4);

    [Theory]
    [InlineData(ValidationDepth.Structure, "{'resourceType':'Patient','nothing':1}")]
    [InlineData(ValidationDepth.Invariants, "{'resourceType':'Patient','contact':[{'id':'c'}]}")]
    public void An_error_behind_a_hundred_warnings_refuses_a_write(ValidationDepth depth, string wrong)
    {
        var issues = Validate(Transaction(wrong), new ValidationRequest { Depth = depth, Least = IssueSeverity.Error });
        Assert.Single(issues);
        Assert.StartsWith("Bundle.entry[150]", issues[0].Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ValidationDepth.Structure, "{'resourceType':'Patient','nothing':1,'another':1}")]
    [InlineData(ValidationDepth.Invariants, "{'resourceType':'Patient','contact':[{'id':'c'}]}")]
    public void An_error_behind_a_hundred_warnings_is_told(ValidationDepth depth, string wrong)
    {
        var issues = Validate(Transaction(wrong), new ValidationRequest { Depth = depth });
        Assert.Equal(102, issues.Count);
        Assert.All(issues.Take(100), i => Assert.Equal(IssueSeverity.Warning, i.Severity));
        Assert.Equal("Only errors were looked for after 100 issues; there may be more.", issues[100].Message);
        Assert.Equal(IssueSeverity.Error, issues[101].Severity);
    }

    [Fact]
    public void The_request_says_how_many_issues_and_how_severe()
    {
        var many = "{'resourceType':'Patient','a':1,'b':1,'c':1,'d':1,'managingOrganization':{'reference':'Patient/1'}}";
        Assert.Equal(5, Validate(many, new ValidationRequest { Depth = ValidationDepth.Structure }).Count);
        Assert.Equal(4, Validate(many, new ValidationRequest { Depth = ValidationDepth.Structure, Least = IssueSeverity.Error }).Count);
        Assert.Equal(["structure", "structure", "informational"], Validate(many, new ValidationRequest { MostIssues = 2 }).Select(i => i.Code));
    }

    private static IReadOnlyList<Issue> Validate(string json, ValidationRequest request) => Validator.Validate(Checks.Read(json).Root, request with { ConditionalReferences = true });

    /// <summary>150 entries that refer to what they should not, which is a warning, and one more.</summary>
    private static string Transaction(string last)
    {
        var entries = Enumerable.Repeat("{'resourceType':'Basic','text':{'status':'generated','div':'<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">x</div>'},'code':{'text':'x'},'author':{'reference':'Device/1'}}", 150).Append(last);
        return "{'resourceType':'Bundle','type':'transaction','entry':[" + string.Join(',', entries.Select(e => "{'resource':" + e + ",'request':{'method':'POST','url':'" + (e == last ? "Patient" : "Basic") + "'}}")) + "]}";
    }
}
