using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Tests.Json;

/// <summary>Read, write, read: nothing is lost, and the tape that the writer makes is the one that reading its bytes gives.</summary>
public sealed class RoundTripTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(400);

    // A lone half of a surrogate pair is not text; the reader refuses it.
    private static readonly Arbitrary<string[]> Texts = ArbMap.Default.ArbFor<string[]>().Filter(
        texts => texts is not null && texts.All(t => t is not null && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t)) == t));

    [Fact]
    public void A_copy_says_the_same_as_the_original() => Check.One(Config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), Texts, (seed, texts) =>
    {
        var original = new RandomResource(seed, texts).Write();
        var copy = ResourceRewriter.Copy(Read(original).Root);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(original), JsonNode.Parse(copy)), Encoding.UTF8.GetString(original));
    }));

    [Fact]
    public void A_stored_form_differs_in_id_and_meta_only() => Check.One(Config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), Texts, (seed, texts) =>
    {
        var original = new RandomResource(seed, texts).Write();
        var stored = ResourceRewriter.Rewrite(Read(original).Root, "the-id", 7).Document;
        var (before, after) = (JsonNode.Parse(original)!.AsObject(), JsonNode.Parse(stored.Utf8.Span)!.AsObject());
        Assert.Equal(("the-id", "7"), ((string)after["id"]!, (string)after["meta"]!["versionId"]!));
        foreach (var node in (JsonObject[])[before, after])
        {
            node.Remove("id");
            (node["meta"] as JsonObject)?.Remove("versionId");
            (node["meta"] as JsonObject)?.Remove("_versionId");
            (node["meta"] as JsonObject)?.Remove("lastUpdated");
            (node["meta"] as JsonObject)?.Remove("_lastUpdated");
            if (node["meta"] is JsonObject { Count: 0 })
            {
                node.Remove("meta");
            }
        }

        Assert.True(JsonNode.DeepEquals(before, after), Encoding.UTF8.GetString(original));
    }));

    [Fact]
    public void The_tape_of_a_stored_form_is_the_tape_of_its_bytes() => Check.One(Config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), Texts, (seed, texts) =>
    {
        var stored = ResourceRewriter.Rewrite(Read(new RandomResource(seed, texts).Write()).Root, "the-id", 7).Document;
        var read = Read(stored.Utf8.ToArray());
        Assert.Equal(read.Count, stored.Count);
        for (var i = 0; i < read.Count; i++)
        {
            Assert.Equal(Describe(read, i), Describe(stored, i));
        }
    }));

    [Fact]
    public void References_are_replaced_and_nothing_else()
    {
        var document = Read("""{"resourceType":"Observation","status":"final","code":{"text":"urn:uuid:1"},"subject":{"reference":"urn:uuid:1","display":"urn:uuid:1"}}"""u8.ToArray());
        var stored = ResourceRewriter.Rewrite(document.Root, "o", 1, text => text == "urn:uuid:1" ? "Patient/p" : null);
        var json = JsonNode.Parse(stored.Document.Utf8.Span)!;
        Assert.Equal("Patient/p", (string)json["subject"]!["reference"]!);
        Assert.Equal(("urn:uuid:1", "urn:uuid:1"), ((string)json["subject"]!["display"]!, (string)json["code"]!["text"]!));
    }

    private static ResourceDocument Read(byte[] utf8)
    {
        Assert.True(ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        return document;
    }

    private static (int, int, int, int, int, JsonKind, ushort, ushort, NodeFlags) Describe(ResourceDocument document, int index)
    {
        var node = document.Nodes[index];
        return (node.NameStart, node.NameLength, node.Start, node.Length, node.Next, node.Kind, node.Definition, node.Type, node.Flags);
    }
}
