using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Check;

/// <summary>Random creates, updates, deletions, revivals and transactions. Several may run at once with names of their own.</summary>
internal sealed class Workload(FhirClient fhir, string name, int seed)
{
    private readonly Random random = new(seed);

    public async Task RunAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await StepAsync(i);
        }
    }

    private async Task StepAsync(int step)
    {
        // Few ids, so that most of them are updated, deleted and brought back.
        var id = $"{name}-{random.Next(6)}";
        var answer = random.Next(8) switch
        {
            0 => await fhir.PostAsync(Rich()),
            1 => await fhir.DeleteAsync($"Patient/{id}"),
            2 => await fhir.DeleteAsync($"Observation/{id}"),
            3 => await fhir.BundleAsync(Transaction(step)),
            4 => await fhir.PutAsync(Samples.Observation(id, $"Patient/{id}", $"{random.Next(5)}-{random.Next(9)}", $"{random.Next(-9, 99)}.{random.Next(1000)}")),
            5 => await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("PUT", $"Patient/{id}", Patient(id)), Samples.Entry("DELETE", $"Observation/{id}"))),
            _ => await fhir.PutAsync(Patient(id)),
        };
        Assert.True(answer.Status is 200 or 201 or 204, answer.ToString());
    }

    private JsonObject Patient(string id) => Samples.Patient(id, Pick("Müller", "O'Neill", "李", "van  der Berg", "𝒜lpha"), Pick("Ada", "Zoë"), $"19{random.Next(10, 99)}-0{random.Next(1, 9)}");

    private JsonObject Transaction(int step) => Samples.Bundle(
        "transaction",
        Samples.Entry("POST", "Patient", Samples.Patient(), $"urn:uuid:00000000-0000-4000-8000-{step:d12}"),
        Samples.Entry("POST", "Observation", Samples.Observation(subject: $"urn:uuid:00000000-0000-4000-8000-{step:d12}")),
        Samples.Entry("DELETE", $"Patient/{name}-{random.Next(6)}"),
        Put($"{name}-{random.Next(6)}"));

    private JsonObject Put(string id) => Samples.Entry("PUT", $"Observation/{id}", Samples.Observation(id, value: $"{random.Next(100)}"));

    // Numbers, URIs, open periods, quantities without code, values twice, codes without system and one that is cut.
    private JsonObject Rich() => random.Next(3) switch
    {
        0 => Samples.Resource("""{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/x"},"prediction":[{"probabilityDecimal":0.25},{"probabilityDecimal":0.250}]}"""),
        1 => Samples.Resource($$"""{"resourceType":"ValueSet","url":"http://example.org/{{new string('u', 600)}}","status":"draft","identifier":[{"value":"a"},{"value":"a"},{"system":"urn:s{{random.Next(99)}}","value":"b"}]}"""),
        _ => Samples.Resource("""{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"period":{"start":"2026-01-01"},"length":{"value":3,"unit":"d"},"subject":{"reference":"http://elsewhere.example.org/Patient/1"}}"""),
    };

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
