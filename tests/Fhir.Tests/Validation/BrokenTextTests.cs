using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Tests.Validation;

public sealed class BrokenTextTests
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","gender":"\ud800"}""")]
    [InlineData("""{"resourceType":"Patient","gender":"\udc00\ud800"}""")]
    [InlineData("""{"resourceType":"Patient","gender":"\ud83dx"}""")]
    [InlineData("""{"resourceType":"Patient","gender":"\ud83d\u0041"}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"a\ude00b"}]}""")]
    [InlineData("""{"resourceType":"Patient","\ud800":"x"}""")]
    [InlineData("""{"resourceType":"\ud800"}""")]
    public void Half_a_character_is_refused_when_read(string json)
    {
        Assert.False(ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out _, out var issue));
        Assert.Contains("surrogate", issue.Message);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"\ud83d\ude00"}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"\\ud83d"}]}""")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"\u0041\n\"\ud83d\ude00\u0042"}]}""")]
    public void Whole_characters_and_escaped_backslashes_pass(string json) => Assert.Empty(Checks.Validator.Validate(Checks.Read(Encoding.UTF8.GetBytes(json))));
}
