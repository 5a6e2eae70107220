using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Records.Operations;
using Salus.Records.Subscriptions.Operations;
using Salus.Records.Subscriptions.Streams;

namespace Salus.Records.Subscriptions;

/// <summary>What subscriptions are made of.</summary>
internal static class SubscriptionServices
{
    public static IServiceCollection AddSubscriptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<SubscriptionOptions>(configuration, "Salus:Records:Subscriptions");
        services.AddSingleton<AllowedEndpoints>();
        services.AddSingleton<SubscriptionSessions>();
        services.AddSingleton<SubscriptionReader>();
        services.AddSingleton<SubscriptionCheck>();
        services.AddSingleton<SubscriptionSignal>();
        services.AddSingleton<SubscriptionBook>();
        services.AddSingleton<VersionMatch>();
        services.AddSingleton<CriteriaMatch>();
        services.AddSingleton<IFeedConsumer, SubscriptionFeed>();
        services.AddSingleton<SubscriptionEvents>();
        services.AddSingleton<FollowedSubscriptions>();
        services.AddSingleton<NotificationBundle>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<SubscriptionStatusChange>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<HookClient>();
        services.AddSingleton<HookDelivery>();
        services.AddSingleton<StreamPlaces>();
        services.AddSingleton<StreamHub>();
        services.AddSingleton<NotificationStream>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<BindingTokens>();
        services.AddSingleton<SubscriptionSockets>();
        services.AddSingleton<IOperation, StatusOperation>();
        services.AddSingleton<IOperation, EventsOperation>();
        services.AddSingleton<IOperation, BindingTokenOperation>();
        services.AddSingleton<IOperation, TopicListOperation>();
        return services;
    }

    /// <summary>What runs by itself, after the committer and the feed.</summary>
    public static IServiceCollection AddSubscriptionWorkers(this IServiceCollection services)
    {
        services.AddHostedService<HookSender>();
        services.AddHostedService<SubscriptionKeeper>();
        services.AddHostedService(s => s.GetRequiredService<StreamHub>());
        return services;
    }
}
