using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Capability;
using Salus.Records.Compartment;
using Salus.Records.Conditional;
using Salus.Records.Create;
using Salus.Records.Delete;
using Salus.Records.Export;
using Salus.Records.Feed;
using Salus.Records.GraphQl;
using Salus.Records.History;
using Salus.Records.Http;
using Salus.Records.Import.Bulk;
using Salus.Records.Jobs;
using Salus.Records.Later;
using Salus.Records.Operations;
using Salus.Records.Operations.Diff;
using Salus.Records.Operations.Meta;
using Salus.Records.Packages;
using Salus.Records.Patch;
using Salus.Records.Read;
using Salus.Records.Reindex;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;
using Salus.Records.Subscriptions;
using Salus.Records.Terminology;
using Salus.Records.Transaction;
using Salus.Records.Update;
using Salus.Records.Validation;
using Salus.Records.Views;

namespace Salus.Records;

/// <summary>The record: resource store, FHIR REST API, search, history, bundles, change feed.</summary>
public static class RecordsModule
{
    /// <summary>The tables of the record. Jobs, subscriptions, views and the state of background work are not for the sessions of a tenant.</summary>
    internal static readonly MigrationSet Migrations = new("records", typeof(RecordsModule).Assembly)
    {
        Read =
        [
            "log", "current", "head", "index_*", "resource_type", "parameter", "parameter_set", "code_system", "unit", "type_count", "concept_system", "concept", "closure*",
        ],
        AppendOnly = ["log"],
        Made = ["views"],
    };

    /// <summary>Registers the record. <c>AddKernel</c> comes first: hosted services start in the order of registration, and this one needs the database.</summary>
    public static IServiceCollection AddRecords(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<RecordsOptions>(configuration, "Salus:Records");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Migrations);
        services.AddSingleton(_ => FhirDefinitions.R4);
        services.AddSingleton<SearchParameterSet>();
        services.AddSingleton<SearchValueExtractor>();
        services.AddSealing(configuration);
        services.AddSingleton<Catalog>();
        services.AddSingleton<IndexState>();
        services.AddSingleton<IndexEntries>();
        services.AddSingleton<AddedParameters>();
        services.AddSingleton<ParameterLoader>();
        services.AddSingleton<VersionBelongings>();
        services.AddSingleton<ReindexBatch>();
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<CommitFate>();
        services.AddSingleton<StaleEntries>();
        services.AddSingleton<CommitAudit>();
        services.AddSingleton<CommitTransaction>();
        services.AddAccessConditions();
        services.AddSingleton<Committer>();
        services.AddSingleton<Turnstile>();
        services.AddSingleton<LoadedPackages>();
        services.AddSingleton<CodedValidation>();
        services.AddSingleton(s => new ResourceValidator(s.GetRequiredService<FhirDefinitions>(), () => s.GetRequiredService<LoadedPackages>().Profiles));
        services.AddSingleton<CheckedVersions>();
        services.AddSingleton<Preparation>();
        services.AddSingleton<ResourceVersions>();
        services.AddSingleton<ConditionalMatch>();
        services.AddSingleton<ConditionalAttempts>();
        services.AddSingleton<CreateInteraction>();
        services.AddSingleton<UpdateInteraction>();
        services.AddSingleton<ConditionalUpdate>();
        services.AddSingleton<PatchedResource>();
        services.AddSingleton<PatchInteraction>();
        services.AddSingleton<ConditionalPatch>();
        services.AddSingleton<DeleteInteraction>();
        services.AddSingleton<ConditionalDelete>();
        services.AddSingleton<HistoryInteraction>();
        services.AddSingleton<SearchParser>();
        services.AddSingleton<CodeExpansion>();
        services.AddSingleton<Conditions>();
        services.AddSingleton<SearchSql>();
        services.AddSingleton<TotalEstimate>();
        services.AddSingleton<CompartmentSet>();
        services.AddSingleton<CompartmentSql>();
        services.AddSingleton<CompartmentPages>();
        services.AddSingleton<CompartmentSearch>();
        services.AddSingleton<Includes>();
        services.AddSingleton<SearchGate>();
        services.AddSingleton<SearchInteraction>();
        services.AddSingleton<SearchExplanation>();
        services.AddSingleton<SystemCounts>();
        services.AddSingleton<SystemSearch>();
        services.AddSingleton<ReferenceSearch>();
        services.AddSingleton<ReferenceResolver>();
        services.AddSingleton<TransactionInteraction>();
        services.AddSingleton<EntryReads>();
        services.AddSingleton<EntryWrites>();
        services.AddSingleton<BatchInteraction>();
        services.AddSingleton<BundleInteraction>();
        services.AddTerminology();
        services.AddSingleton<OperationSet>();
        services.AddSingleton<IOperation>(s => new Everything("Patient", s.GetRequiredService<CompartmentPages>(), s.GetRequiredService<FhirDefinitions>()));
        services.AddSingleton<IOperation>(s => new Everything("Encounter", s.GetRequiredService<CompartmentPages>(), s.GetRequiredService<FhirDefinitions>()));
        services.AddSingleton<IOperation, Lastn>();
        services.AddSingleton<IOperation, Validate>();
        services.AddSingleton<IOperation, ReadMeta>();
        services.AddSingleton<IOperation>(s => new MetaChange("meta-add", MetaList.Add, s.GetRequiredService<PatchInteraction>()));
        services.AddSingleton<IOperation>(s => new MetaChange("meta-delete", MetaList.Remove, s.GetRequiredService<PatchInteraction>()));
        services.AddSingleton<IOperation, VersionDiff>();
        foreach (var level in new[] { null, "Patient", "Group" })
        {
            services.AddSingleton<IOperation>(s => ActivatorUtilities.CreateInstance<ExportOperation>(s, new ExportLevel(level)));
        }

        services.AddSingleton<JobSignal>();
        services.AddSingleton<JobTable>();
        services.AddSingleton<JobSessions>();
        services.AddSingleton<JobStatus>();
        services.AddSingleton<ExportMembership>();
        services.AddSingleton<ExportRows>();
        services.AddSingleton<IJobKind, ExportStep>();
        services.AddSingleton<IOperation, ImportOperation>();
        services.AddSingleton<LaterRequests>();
        services.AddSingleton<IJobKind, LaterStep>();
        services.AddSingleton<ImportPlaces>();
        services.AddSingleton<ImportWeb>();
        services.AddSingleton<ImportErrors>();
        services.AddSingleton<ImportSources>();
        services.AddSingleton<ImportTargets>();
        services.AddSingleton<IJobKind, ImportStep>();
        services.AddConfigured<GraphQlOptions>(configuration, "Salus:Records:GraphQl");
        services.AddSingleton<ManyResources>();
        services.AddSingleton<SearchFields>();
        services.AddSingleton<ExecutionServices>();
        services.AddSingleton<GraphQlOperation>();
        services.AddSingleton<CapabilityStatement>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<IFeedConsumer, TypeCounter>();
        services.AddSingleton<ViewSignal>();
        services.AddSingleton<ViewStore>();
        services.AddSingleton<ViewInteractions>();
        services.AddSingleton<ViewSource>();
        services.AddSingleton<ViewRunOperation>();
        services.AddSingleton<IFeedConsumer, ViewFeed>();
        services.AddSubscriptions(configuration);
        services.AddSingleton(s => new PatientSight(s.GetRequiredService<Database>(), s.GetRequiredService<Catalog>(), s.GetRequiredService<AccessConditions>()));
        services.AddSingleton(s => new Record(s.GetRequiredService<BundleInteraction>(), s.GetRequiredService<SystemCounts>(), s.GetRequiredService<SearchGate>(), s.GetRequiredService<ChangeFeed>(), s.GetRequiredService<CommitSignal>()));
        services.AddSingleton(s => new RecordCheck(s.GetRequiredService<Database>(), s.GetRequiredService<FhirDefinitions>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<SealKeys>(), s.GetRequiredService<Seals>()));
        services.AddHostedService<SealingStartup>();
        services.AddHostedService<CatalogStartup>();
        services.AddHostedService(s => s.GetRequiredService<Committer>());
        services.AddHostedService<StatisticsKeeper>();
        services.AddHostedService<PendingListKeeper>();
        services.AddHostedService<FeedRunner>();
        services.AddHostedService<ViewBuilder>();
        services.AddHostedService<ParameterWatcher>();
        services.AddSingleton<PackageParameters>();
        services.AddHostedService(s => s.GetRequiredService<PackageParameters>());
        services.AddHostedService<Reindexer>();
        services.AddHostedService<Resealer>();
        services.AddHostedService<JobRunner>();
        services.AddSubscriptionWorkers();
        return services;
    }

    /// <summary>Maps <c>/fhir</c>, <c>/admin/search</c>, <c>/admin/subscriptions</c> and <c>/admin/records</c>.</summary>
    public static IEndpointRouteBuilder MapRecords(this IEndpointRouteBuilder routes)
    {
        FhirEndpoints.Map(routes);
        SearchExplanation.Map(routes);
        ReindexEndpoint.Map(routes);
        SubscriptionEndpoints.MapAdmin(routes);
        routes.MapGet("/admin/records/{type}/{id}/validation", CheckedVersions.GetAsync).ByGrants();
        return routes;
    }
}
