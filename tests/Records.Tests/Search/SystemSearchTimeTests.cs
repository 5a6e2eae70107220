using Microsoft.Extensions.DependencyInjection;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>A search of several types has one limit of time, not one for each type.</summary>
public sealed class SystemSearchTimeTests(SystemSearchTimeTests.Server server) : IClassFixture<SystemSearchTimeTests.Server>
{
    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:SearchTimeoutSeconds", "30")];

        protected override void Configure(IServiceCollection services) => services.AddSingleton<TimeProvider>(new LeapingTime());
    }

    // Two seconds pass with each look at the clock.
    private sealed class LeapingTime : TimeProvider
    {
        private long leapt;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Add(ref leapt, 2 * TimestampFrequency);
    }

    [Fact]
    public async Task The_time_of_one_type_is_missing_from_those_after_it()
    {
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Patient","id":"one","name":[{"family":"Time"}]}"""));
        Assert.Equal(["one"], await server.Fhir.IdsAsync("?_type=Patient"));
        const string Types = "Patient,Observation,Encounter,Condition,Procedure,Device,Group,Location,Medication,Organization,Practitioner,Specimen,Goal,Flag,List,Basic";
        (await server.Fhir.GetAsync($"?_type={Types}")).Refused(422, "stopped after 30 seconds");
        (await server.Fhir.GetAsync($"?_type={Types}&_total=accurate&_count=0")).Refused(422, "stopped after 30 seconds");
    }
}
