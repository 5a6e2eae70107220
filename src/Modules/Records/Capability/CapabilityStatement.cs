using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Records.GraphQl;
using Salus.Records.Http;
using Salus.Records.Packages;
using Salus.Records.Operations;
using Salus.Records.Patch.Json;
using Salus.Records.Search;
using Salus.Records.Subscriptions;
using Salus.Records.Subscriptions.Streams;

namespace Salus.Records.Capability;

/// <summary>What this server can do (http://hl7.org/fhir/R4/http.html#capabilities), made from what is registered.</summary>
internal sealed class CapabilityStatement(SearchParameterSet parameters, SearchParser parser, OperationSet operations, IOptions<RecordsOptions> options, TimeProvider time, LoadedPackages packages)
{
    private static readonly string[] Interactions = ["read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"];
    private static readonly string[] SystemInteractions = ["transaction", "batch", "history-system", "search-system"];
    private readonly DateTimeOffset started = time.GetUtcNow();

    public static string Version { get; } =
        typeof(CapabilityStatement).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public byte[] Json(string address)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType", "CapabilityStatement");
        writer.WriteString("status", "active");
        writer.WriteString("date", started);
        writer.WriteString("kind", "instance");
        writer.WriteStartObject("software");
        writer.WriteString("name", "Salus");
        writer.WriteString("version", Version);
        writer.WriteEndObject();
        writer.WriteStartObject("implementation");
        writer.WriteString("description", "Salus clinical data platform");
        writer.WriteString("url", address);
        writer.WriteEndObject();
        writer.WriteString("fhirVersion", "4.0.1");
        WriteList(writer, "format", ["json", "application/fhir+json", "xml", "application/fhir+xml"]);
        WriteList(writer, "patchFormat", [JsonPatch.MediaType, "application/fhir+json"]);
        writer.WriteStartArray("rest");
        writer.WriteStartObject();
        writer.WriteStartArray("extension");
        WriteExtension(writer, "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket", "valueUri", SubscriptionSockets.Address(address));
        writer.WriteEndArray();
        writer.WriteString("mode", "server");
        writer.WriteString("documentation", "Prefer: respond-async is honoured by searches, histories, operations that change nothing and batches of reads, all by GET or _search; $export and $import require it.");
        if (options.Value.Smart)
        {
            WriteSecurity(writer, address[..^FhirEndpoints.Base.Length]);
        }

        writer.WriteStartArray("resource");
        foreach (var type in parameters.Definitions.ResourceTypes)
        {
            WriteResource(writer, type);
        }

        writer.WriteEndArray();
        WriteCodes(writer, "interaction", SystemInteractions);
        WriteOperations(writer, operations.OfSystem.Append(GraphQlOperation.Definition).Append(Views.ViewRunOperation.Definition));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteResource(Utf8JsonWriter writer, TypeDefinition type)
    {
        writer.WriteStartObject();
        if (type.Name == "Subscription")
        {
            writer.WriteStartArray("extension");
            foreach (var subject in parameters.Definitions.ResourceTypes)
            {
                WriteExtension(writer, "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical", "valueCanonical", SubscriptionTopics.Of(subject.Name));
            }

            writer.WriteEndArray();
        }

        writer.WriteString("type", type.Name);
        writer.WriteString("profile", $"http://hl7.org/fhir/StructureDefinition/{type.Name}");
        WriteList(writer, "supportedProfile", [.. packages.Supported[type.Name].Concat(type.Name == "Subscription" ? [SubscriptionTopics.Profile] : [])]);
        WriteCodes(writer, "interaction", Interactions);
        writer.WriteString("versioning", "versioned-update");
        writer.WriteBoolean("readHistory", true);
        writer.WriteBoolean("updateCreate", true);
        writer.WriteBoolean("conditionalCreate", true);
        writer.WriteString("conditionalRead", "full-support");
        writer.WriteBoolean("conditionalUpdate", true);
        writer.WriteString("conditionalDelete", options.Value.MaxConditionalDeletes > 1 ? "multiple" : "single");
        var known = parser.Known(type.Name).Select(c => (Code: c, Parameter: parameters.Find(type.Name, c))).ToList();
        WriteList(writer, "searchInclude", [.. known.Where(p => p.Parameter?.Type == SearchType.Reference).Select(p => $"{type.Name}:{p.Code}")]);
        writer.WriteStartArray("searchParam");
        foreach (var (code, parameter) in known)
        {
            writer.WriteStartObject();
            writer.WriteString("name", code);
            if (parameter is not null)
            {
                writer.WriteString("definition", parameter.Definition.Url);
            }

            writer.WriteString("type", code switch
            {
                "_id" => "token",
                "_lastUpdated" => "date",
                _ => JsonNamingPolicy.CamelCase.ConvertName(parameter!.Type.ToString()),
            });
            writer.WriteEndObject();
        }

        WriteFilter(writer);
        writer.WriteEndArray();
        WriteOperations(writer, operations.Of(type.Name).Append(GraphQlOperation.Definition));
        writer.WriteEndObject();
    }

    // No search parameter of R4, but what clients look for here: its type is that of http://hl7.org/fhir/R4/search-parameter-registry.html.
    private static void WriteFilter(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", "_filter");
        writer.WriteString("type", "special");
        writer.WriteString("documentation", "http://hl7.org/fhir/R4/search_filter.html");
        writer.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter writer, IEnumerable<OperationDefinition> definitions)
    {
        var all = definitions.ToList();
        if (all.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("operation");
        foreach (var definition in all)
        {
            writer.WriteStartObject();
            writer.WriteString("name", definition.Name);
            writer.WriteString("definition", definition.Url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // http://hl7.org/fhir/smart-app-launch/conformance.html#declaring-support-for-oauth2-endpoints
    private static void WriteSecurity(Utf8JsonWriter writer, string root)
    {
        writer.WriteStartObject("security");
        writer.WriteStartArray("extension");
        writer.WriteStartObject();
        writer.WriteString("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
        writer.WriteStartArray("extension");
        foreach (var name in new[] { "authorize", "token", "introspect", "revoke" })
        {
            WriteExtension(writer, name, "valueUri", $"{root}/oauth/{name}");
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartArray("service");
        writer.WriteStartObject();
        writer.WriteStartArray("coding");
        writer.WriteStartObject();
        writer.WriteString("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
        writer.WriteString("code", "SMART-on-FHIR");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteExtension(Utf8JsonWriter writer, string url, string property, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("url", url);
        writer.WriteString(property, value);
        writer.WriteEndObject();
    }

    private static void WriteCodes(Utf8JsonWriter writer, string name, string[] codes)
    {
        writer.WriteStartArray(name);
        foreach (var code in codes)
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyCollection<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
