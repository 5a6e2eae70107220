using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Terminology;

/// <summary>What R4 publishes is answerable without being loaded.</summary>
public sealed class BaseTerminologyTests(RecordServer server) : IClassFixture<RecordServer>
{
    [Fact]
    public async Task Every_closed_list_of_the_definitions_is_what_its_value_set_expands_to()
    {
        var lists = new Dictionary<string, CodeList>(StringComparer.Ordinal);
        foreach (var element in FhirDefinitions.R4.Elements)
        {
            if (element.Codes is { } codes)
            {
                lists.TryAdd(codes.ValueSet, codes);
            }
        }

        Assert.True(lists.Count > 100, $"{lists.Count} lists");
        foreach (var (url, list) in lists)
        {
            var codes = await server.Get<Vocabulary>().CodesAsync(Tenant.Default, url, 100_000, CancellationToken.None);
            Assert.False(codes.Failed(out var failure), $"{url}: {failure}");
            Assert.Equal(list.Codes.Order(StringComparer.Ordinal), codes.Value.Select(c => c.Code).Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Every_published_resource_is_found_by_its_url_and_expands_or_names_the_code_system_that_is_missing()
    {
        var (expanded, missing) = (0, 0);
        foreach (var resource in BaseTerminology.R4.Resources)
        {
            var json = JsonNode.Parse(BaseTerminology.R4.Read(resource))!;
            Assert.Equal((resource.Type, resource.Url), ((string)json["resourceType"]!, (string)json["url"]!));
            if (resource.Type != "ValueSet")
            {
                continue;
            }

            var codes = await server.Get<Vocabulary>().CodesAsync(Tenant.Default, resource.Url, int.MaxValue, CancellationToken.None);
            if (codes.Failed(out var failure))
            {
                Assert.Matches("http|urn:", failure.ToString());
                missing++;
            }
            else
            {
                expanded++;
            }
        }

        // The others are of SNOMED CT, LOINC, UCUM and so on, which are not published with R4.
        Assert.True(expanded > 1150 && missing < 170, $"{expanded} expanded, {missing} not");
    }
}
