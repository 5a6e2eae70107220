using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Records.Operations;
using Salus.Records.Terminology.Calls;
using Salus.Records.Terminology.Closures;
using Salus.Records.Terminology.Loading;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology;

/// <summary>What the folder registers.</summary>
internal static class TerminologyServices
{
    public static IServiceCollection AddTerminology(this IServiceCollection services)
    {
        services.AddSingleton<LoadedSystems>();
        services.AddSingleton<TerminologySources>();
        services.AddSingleton<Terminologies>();
        services.AddSingleton<NamedResource>();
        services.AddSingleton<ClosureTable>();
        services.AddSingleton<TerminologyCapabilities>();
        services.AddSingleton<ConceptTable>();
        services.AddSingleton<SystemResource>();
        services.AddSingleton<IFeedConsumer, ReplacedSystems>();
        services.AddSingleton(s => new Vocabulary(s.GetRequiredService<Terminologies>()));
        services.AddSingleton<IOperation, LookupOperation>();
        services.AddSingleton<IOperation, ValidateSystemCodeOperation>();
        services.AddSingleton<IOperation, SubsumesOperation>();
        services.AddSingleton<IOperation, ExpandOperation>();
        services.AddSingleton<IOperation, ValidateSetCodeOperation>();
        services.AddSingleton<IOperation, TranslateOperation>();
        services.AddSingleton<IOperation, ClosureOperation>();
        return services;
    }
}
