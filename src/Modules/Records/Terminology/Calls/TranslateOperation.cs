using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Maps;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Calls;

/// <summary>ConceptMap/$translate (http://hl7.org/fhir/R4/conceptmap-operation-translate.html).</summary>
internal sealed class TranslateOperation(Terminologies terminologies, NamedResource named) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("translate", "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate", OperationLevels.Type | OperationLevels.Instance)
        {
            Types = ["ConceptMap"],
            Parameters =
            [
                new("url", "uri"), new("conceptMap", "ConceptMap") { IsResource = true }, new("conceptMapVersion", "string"), new("code", "code"), new("system", "uri"),
                new("version", "string"), new("source", "uri"), new("coding", "Coding"), new("codeableConcept", "CodeableConcept"), new("target", "uri"),
                new("targetsystem", "uri"), new("dependency", "", Many: true), new("reverse", "boolean"),
            ],
        };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var codes = CodeInput.Read("translate", call.Parameters);
        if (codes.Failed(out var failure))
        {
            return failure;
        }

        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var maps = await named.MapsAsync(call, view);
        if (maps.Failed(out failure))
        {
            return failure;
        }

        var parameters = call.Parameters;
        var translation = new Translation(await view.MapsAsync(call.Stop), new TranslationRequest(
            parameters.Text("targetsystem"), parameters.Text("source"), parameters.Text("target"), Dependencies(parameters), parameters.Flag("reverse") ?? false));
        var matches = codes.Value.SelectMany(c => translation.Of(maps.Value, c)).Distinct().ToList();
        return Write(matches, codes.Value[0], maps.Value.Count);
    }

    private static Reply Write(List<Match> matches, GivenCode code, int maps)
    {
        using var writer = new ParametersWriter();
        writer.Flag("result", matches.Exists(m => m.Holds));
        if (!matches.Exists(m => m.Holds))
        {
            writer.Text("message", "string", $"'{code.Code}' of {code.System ?? "no system"} is not translated by {(maps == 1 ? "the concept map" : $"any of {maps} concept maps that fit")}.");
        }

        foreach (var match in matches)
        {
            writer.Parts("match", parts =>
            {
                parts.Text("equivalence", "code", match.Equivalence);
                if (match.Code is { } found)
                {
                    parts.Coding("concept", match.System, found, match.Display);
                }

                foreach (var product in match.Products)
                {
                    parts.Parts("product", p => p.Text("element", "uri", product.Property).Coding("concept", product.System, product.Value, product.Display));
                }

                parts.Text("source", "uri", match.Map);
            });
        }

        return writer.ToReply();
    }

    private static List<(string Element, string? System, string Code)> Dependencies(OperationParameters parameters)
    {
        var read = new List<(string, string?, string)>();
        foreach (var dependency in parameters.Values("dependency"))
        {
            var (element, concept) = ((string?)null, default(Element));
            foreach (var part in dependency.Named("part"))
            {
                foreach (var value in part.Named("value"))
                {
                    (element, concept) = part.Child("name"u8).AsString() switch { "element" => (value.AsString(), concept), "concept" => (element, value), _ => (element, concept) };
                }
            }

            foreach (var coding in concept.Named("coding"))
            {
                read.Add((element ?? "", coding.Child("system"u8).AsString(), coding.Child("code"u8).AsString() ?? ""));
            }
        }

        return read;
    }
}
