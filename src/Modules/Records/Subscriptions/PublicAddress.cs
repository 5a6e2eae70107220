using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Records.Http;

namespace Salus.Records.Subscriptions;

/// <summary>The FHIR base that notifications name resources by where no request says under which name the server is known.</summary>
internal sealed class PublicAddress(IServiceProvider services, IOptions<SubscriptionOptions> options)
{
    public string Fhir => options.Value.BaseUrl?.TrimEnd('/')
        ?? (services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') ?? "http://localhost") + FhirEndpoints.Base;
}
