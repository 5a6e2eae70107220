using System.Text;
using Salus.Fhir.Definitions;
using Salus.Records.Patch;
using Salus.Records.Patch.Json;

namespace Salus.Records.Tests.Patch;

/// <summary>RFC 6902 on JSON text: the examples of its appendix, limits and broken patches.</summary>
public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10},{"op":"replace","path":"/~1","value":8}]""", """{"/":8,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"","value":{"whole":true}}]""", """{"whole":true}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"add","path":"/b","value":null}]""", """{"a":null,"b":null}""")]
    [InlineData("""{"":0}""", """[{"op":"replace","path":"/","value":1}]""", """{"":1}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[]""", """{"a":1}""")]
    public void Operations_do_what_the_standard_says(string before, string patch, string after) => Assert.Equal(after, Apply(before, patch));

    [Theory]
    [InlineData("1.50", "1.500")]
    [InlineData("1E+2", "100")]
    [InlineData("0.10000000000000000000000000000000000001", "0.10000000000000000000000000000000000001")]
    public void Numbers_stay_as_they_are_written_and_are_compared_by_value(string number, string equal)
    {
        var patch = $$"""[{"op":"test","path":"/n","value":{{equal}}},{"op":"copy","from":"/n","path":"/m"},{"op":"move","from":"/n","path":"/o"},{"op":"add","path":"/p","value":{{equal}}}]""";
        Assert.Equal($$"""{"x":"ü\"","m":{{number}},"o":{{number}},"p":{{equal}}}""", Apply($$"""{"n":{{number}},"x":"ü\""}""", patch));
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/baz","value":"bar"}]""", "patch[0]")]
    [InlineData("""[{"op":"test","path":"/n","value":"1"}]""", "The test fails")]
    [InlineData("""[{"op":"test","path":"/list","value":[2,1]}]""", "The test fails")]
    [InlineData("""[{"op":"add","path":"/nope/bat","value":"qux"}]""", "nothing at '/nope/bat'")]
    [InlineData("""[{"op":"add","path":"/list/3","value":1}]""", "2 items")]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", "'01'")]
    [InlineData("""[{"op":"add","path":"/list/-1","value":1}]""", "'-1'")]
    [InlineData("""[{"op":"add","path":"/n/x","value":1}]""", "nothing at")]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", "nothing at")]
    [InlineData("""[{"op":"remove","path":"/nope"}]""", "nothing at")]
    [InlineData("""[{"op":"replace","path":"/nope","value":1}]""", "nothing at")]
    [InlineData("""[{"op":"move","from":"/nope","path":"/x"}]""", "nothing at '/nope'")]
    [InlineData("""[{"op":"copy","from":"/list/2","path":"/x"}]""", "nothing at '/list/2'")]
    [InlineData("""[{"op":"remove","path":""},{"op":"remove","path":"/n"}]""", "patch[1]")]
    public void What_cannot_be_done_is_refused_as_unprocessable(string patch, string message)
    {
        var failure = JsonPatch.Parse(Utf8(patch), 1000).Value.Apply(Utf8("""{"n":1,"list":[1,2]}"""), FhirDefinitions.R4).Failure;
        Assert.Equal(Kernel.FailureKind.Unprocessable, failure!.Kind);
        Assert.Contains(message, failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "patch")]
    [InlineData("{", "patch")]
    [InlineData("""{"op":"remove","path":"/a"}""", "an array")]
    [InlineData("[1]", "patch[0]")]
    [InlineData("""[{"path":"/a"}]""", "patch[0].op")]
    [InlineData("""[{"op":"Add","path":"/a","value":1}]""", "patch[0].op")]
    [InlineData("""[{"op":"add","path":"/a"}]""", "patch[0].value")]
    [InlineData("""[{"op":"add","value":1}]""", "patch[0].path")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", "patch[0].path")]
    [InlineData("""[{"op":"add","path":"/a~2","value":1}]""", "patch[0].path")]
    [InlineData("""[{"op":"add","path":"/a~","value":1}]""", "patch[0].path")]
    [InlineData("""[{"op":"add","path":5,"value":1}]""", "patch[0].path")]
    [InlineData("""[{"op":"move","path":"/a"}]""", "patch[0].from")]
    [InlineData("""[{"op":"move","from":"/a","path":"/a/b"}]""", "into itself")]
    [InlineData("""[{"op":"test","op":"add","path":"/a","value":1}]""", "patch")]
    [InlineData("""[{"op":"add","path":"/a\ud800","value":1}]""", "patch")]
    public void What_is_no_patch_is_refused_as_invalid(string patch, string place)
    {
        var failure = JsonPatch.Parse(Utf8(patch), 1000).Failure;
        Assert.Equal(Kernel.FailureKind.Invalid, failure!.Kind);
        Assert.Contains(place, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_in_a_value_is_refused() =>
        Assert.Equal(Kernel.FailureKind.Unprocessable, JsonPatch.Parse(Utf8("""[{"op":"add","path":"/a","value":"\ud800"}]"""), 1000).Value.Apply(Utf8("{}"), FhirDefinitions.R4).Failure!.Kind);

    [Fact]
    public void Copies_of_the_whole_into_itself_end_before_the_memory_does()
    {
        var patch = JsonPatch.Parse(Utf8($"[{string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"op":"copy","from":"","path":"/c{{i}}"}"""))}]"), 1_000_000).Value;
        Assert.Equal(Kernel.FailureKind.TooCostly, patch.Apply(Utf8("""{"a":1}"""), FhirDefinitions.R4).Failure!.Kind);
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        var patch = JsonPatch.Parse(Utf8($"[{string.Join(',', Enumerable.Range(0, 200).Select(_ => """{"op":"copy","from":"/a","path":"/a/a"}"""))}]"), 50_000_000).Value;
        Assert.Contains("128 deep", patch.Apply(Utf8("""{"a":{"b":1}}"""), FhirDefinitions.R4).Failure!.ToString(), StringComparison.Ordinal);
        Assert.Equal(Kernel.FailureKind.TooCostly, JsonPatch.Parse(Utf8($"[{string.Join(',', Enumerable.Repeat("""{"op":"remove","path":"/a"}""", 1001))}]"), 1000).Failure!.Kind);
    }

    [Fact]
    public void Damaged_patches_never_throw()
    {
        var random = new Random(5);
        var patch = Utf8("""[{"op":"add","path":"/a/0","value":{"b":[1,"x"]}},{"op":"move","from":"/a/0/b","path":"/a/-"},{"op":"copy","from":"/a","path":"/b~1c"},{"op":"test","path":"/a/1","value":1.50}]""").ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])patch.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var parsed = JsonPatch.Parse(damaged, 10_000);
            if (!parsed.Failed(out _))
            {
                parsed.Value.Apply(Utf8("""{"a":[{"b":1}],"c":1.50}"""), FhirDefinitions.R4);
            }
        }
    }

    private static string Apply(string before, string patch) =>
        Encoding.UTF8.GetString(JsonPatch.Parse(Utf8(patch), 10_000).Value.Apply(Utf8(before), FhirDefinitions.R4).Value.Span);

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
