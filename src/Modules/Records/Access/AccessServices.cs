using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Compartment;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>Registers what decides on access to the record.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccessConditions(this IServiceCollection services)
    {
        services.AddSingleton<ReachQueries>();
        services.AddSingleton<TypePositions>();
        services.AddSingleton<PersonOf>();
        services.AddSingleton<Reaches>();
        services.AddSingleton<Consents>();
        // Conditions ask whether the resource at the end of a link may be seen, and criteria of grants are conditions themselves.
        services.AddSingleton(s => new AccessWords(
            s.GetRequiredService<SearchParameterSet>(), s.GetRequiredService<Catalog>(), s.GetRequiredService<CompartmentSet>(), new Lazy<Conditions>(s.GetRequiredService<Conditions>)));
        services.AddSingleton<AccessConditions>();
        services.AddSingleton<WriteAccess>();
        services.AddSingleton<IKnownResources, KnownResources>();
        services.AddSingleton<IOwnRecord, OwnRecord>();
        return services;
    }
}
