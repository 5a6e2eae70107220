using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Terminology;

/// <summary>Small made-up terminology.</summary>
internal static class TerminologySamples
{
    public const string Animals = "http://example.org/fhir/animals";

    /// <summary>Animals with a hierarchy, properties, names in German, an abstract, an inactive code.</summary>
    public static JsonObject AnimalSystem(string id = "animals", string url = Animals, string version = "1", string extra = "") => Samples.Resource(
        $$"""
        {"resourceType":"CodeSystem","id":"{{id}}","url":"{{url}}","version":"{{version}}","name":"Animals","title":"Animals of the world","status":"active",
         "content":"complete","caseSensitive":true,"hierarchyMeaning":"is-a",
         "property":[{"code":"legs","type":"integer"},{"code":"food","type":"code"},{"code":"tame","type":"boolean"},{"code":"inactive","type":"boolean"},{"code":"notSelectable","type":"boolean"}],
         "concept":[
          {"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
            {"code":"mammal","display":"Mammal","definition":"Gives milk","concept":[
              {"code":"dog","display":"Dog","designation":[{"language":"de","value":"Hund"},{"language":"fr","use":{"system":"http://example.org/use","code":"short"},"value":"Chien"}],
               "property":[{"code":"legs","valueInteger":4},{"code":"food","valueCode":"meat"},{"code":"tame","valueBoolean":true}],"concept":[{"code":"poodle","display":"Poodle, Standard"}]},
              {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4},{"code":"food","valueCode":"meat"}]},
              {"code":"whale","display":"Blue whale (Balaenoptera musculus)","property":[{"code":"legs","valueInteger":0}]}]},
            {"code":"bird","display":"Bird","concept":[
              {"code":"dodo","display":"Dodo","property":[{"code":"inactive","valueBoolean":true},{"code":"legs","valueInteger":2}]},
              {"code":"eagle","display":"Éagle","property":[{"code":"legs","valueInteger":2},{"code":"food","valueCode":"meat"}]}]}]}{{extra}}]}
        """);

    /// <summary>A value set with this definition.</summary>
    public static JsonObject Set(string id, string compose) => Samples.Resource(
        $$"""{"resourceType":"ValueSet","id":"{{id}}","url":"http://example.org/fhir/vs/{{id}}","version":"1","name":"Set","status":"active","compose":{{compose}}}""");

    public static string SetUrl(string id) => $"http://example.org/fhir/vs/{id}";

    /// <summary>A definition of animals that a filter leaves.</summary>
    public static string Filter(string property, string op, string value) =>
        $$"""{"include":[{"system":"{{Animals}}","filter":[{"property":"{{property}}","op":"{{op}}","value":"{{value}}"}]}]}""";
}
