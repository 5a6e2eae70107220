using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>Follows the change feed and keeps the tables of the registry.</summary>
internal sealed class DeviceFeed(FhirDefinitions definitions, DeviceRegistry registry) : IFeedConsumer
{
    public const string ConsumerName = "monitoring.devices";

    private bool changed;

    /// <summary>What the registry is made of. Most of the log is of other types.</summary>
    public static IReadOnlyList<string> Types { get; } = ["Device", "DeviceUseStatement", "DeviceMetric"];

    public string Name => ConsumerName;

    public IReadOnlyCollection<string>? BodyTypes => Types;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var devices = new Dictionary<(Tenant, string), DeviceRow>();
        var uses = new Dictionary<(Tenant, string), DeviceUseRow>();
        var units = new Dictionary<(Tenant, string), DeviceUnitRow>();
        foreach (var change in events)
        {
            switch (change.ResourceType)
            {
                case "Device":
                    devices[(change.Tenant, change.Id)] = DeviceResources.Device(change, Read(change));
                    break;
                case "DeviceUseStatement":
                    uses[(change.Tenant, change.Id)] = DeviceResources.Use(change, Read(change));
                    break;
                case "DeviceMetric":
                    units[(change.Tenant, change.Id)] = DeviceResources.Unit(change, Read(change));
                    break;
            }
        }

        var changes = new DeviceChanges([.. devices.Values], [.. uses.Values], [.. units.Values]);
        changed |= changes.Count > 0;
        await DeviceTable.WriteAsync(changes, connection, transaction, ct);
    }

    public void Committed()
    {
        if (changed)
        {
            changed = false;
            registry.Wake();
        }
    }

    // What was stored unchecked and cannot be read is as if it were not there.
    private Element Read(FeedEvent change) =>
        change.Operation != FeedOperation.Delete && ResourceReader.TryRead(change.Body, definitions, out var document, out _) ? document.Root : default;
}
