using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>An entry as an AuditEvent (http://hl7.org/fhir/R4/auditevent.html), as the RESTful logging profile fills it.</summary>
internal static partial class AuditEventJson
{
    private const string EventTypes = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";

    /// <summary>A page of a search.</summary>
    public static JsonObject Bundle(IEnumerable<AuditRow> rows, string self, string? next)
    {
        var links = new JsonArray(Link("self", self));
        if (next is not null)
        {
            links.Add(Link("next", next));
        }

        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "searchset", ["link"] = links };
        var entries = new JsonArray([.. rows.Select(r => new JsonObject { ["fullUrl"] = $"urn:uuid:{r.Id}", ["resource"] = Of(r), ["search"] = new JsonObject { ["mode"] = "match" } })]);
        if (entries.Count > 0)
        {
            bundle["entry"] = entries;
        }

        return bundle;
    }

    public static JsonObject Of(AuditRow row)
    {
        var (type, subtype) = Codes(row.Kind);
        var resource = new JsonObject
        {
            ["resourceType"] = "AuditEvent",
            ["id"] = row.Id.ToString(),
            ["type"] = type,
            ["subtype"] = new JsonArray(subtype),
            ["action"] = Action(row.Kind),
            ["recorded"] = row.At.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture),
            ["outcome"] = ((int)row.Outcome).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        Put(resource, "outcomeDesc", row.Detail);
        if (Purposes(row) is { Count: > 0 } purposes)
        {
            resource["purposeOfEvent"] = purposes;
        }

        resource["agent"] = Agents(row);
        resource["source"] = new JsonObject { ["observer"] = new JsonObject { ["display"] = "Salus" }, ["type"] = new JsonArray(Coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")) };
        if (Entities(row) is { Count: > 0 } entities)
        {
            resource["entity"] = entities;
        }

        return resource;
    }

    private static JsonArray Purposes(AuditRow row)
    {
        var purposes = new JsonArray();
        if (row.Openings.Count > 0)
        {
            purposes.Add(Concept("http://terminology.hl7.org/CodeSystem/v3-ActReason", "BTG", "break the glass"));
        }

        if (!string.IsNullOrWhiteSpace(row.Purpose))
        {
            purposes.Add(new JsonObject { ["text"] = Trimmed(row.Purpose) });
        }

        return purposes;
    }

    private static JsonArray Agents(AuditRow row)
    {
        var person = new JsonObject();
        if (row.Roles.Where(r => !string.IsNullOrWhiteSpace(r)).ToList() is { Count: > 0 } roles)
        {
            person["role"] = new JsonArray([.. roles.Select(r => new JsonObject { ["text"] = Trimmed(r) })]);
        }

        if (row.Person is { } who && Reference().IsMatch(who))
        {
            person["who"] = new JsonObject { ["reference"] = who };
        }

        Put(person, "altId", row.Actor);
        Put(person, "name", row.Name);
        person["requestor"] = true;
        if (row.Address is { } address)
        {
            person["network"] = new JsonObject { ["address"] = address, ["type"] = "2" };
        }

        var agents = new JsonArray(person);
        if (row.Client is { Length: > 0 } client)
        {
            agents.Add(new JsonObject { ["type"] = Concept(Dicom, "110153", "Source Role ID"), ["altId"] = Trimmed(client), ["requestor"] = false });
        }

        return agents;
    }

    private static JsonArray Entities(AuditRow row)
    {
        var entities = new JsonArray();
        var name = $"{row.Type}/{row.ResourceId}";
        if (row.ResourceId is not null && Reference().IsMatch(name))
        {
            entities.Add(new JsonObject { ["what"] = new JsonObject { ["reference"] = row.Version > 0 ? $"{name}/_history/{row.Version}" : name }, ["type"] = Coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "2", "System Object") });
        }
        else if (row.ResourceId is not null || row.Type is not null)
        {
            entities.Add(new JsonObject { ["what"] = new JsonObject { ["display"] = Trimmed(name) } });
        }

        foreach (var patient in row.Patients.Where(p => Reference().IsMatch($"Patient/{p}")))
        {
            entities.Add(new JsonObject
            {
                ["what"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
                ["type"] = Coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1", "Person"),
                ["role"] = Coding("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient"),
            });
        }

        foreach (var opening in row.Openings)
        {
            entities.Add(new JsonObject { ["what"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = "urn:ietf:rfc:3986", ["value"] = $"urn:uuid:{opening}" }, ["display"] = "Opening by break-glass" } });
        }

        if (row.Query is { Length: > 0 } query)
        {
            entities.Add(new JsonObject { ["role"] = Coding("http://terminology.hl7.org/CodeSystem/object-role", "24", "Query"), ["query"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(query)) });
        }

        return entities;
    }

    private static (JsonObject Type, JsonObject Subtype) Codes(AuditKind kind) => kind switch
    {
        AuditKind.Read or AuditKind.VersionRead or AuditKind.Search or AuditKind.History or AuditKind.Create or AuditKind.Update or AuditKind.Delete or AuditKind.Operation =>
            (Coding(EventTypes, "rest", "RESTful Operation"), Coding("http://hl7.org/fhir/restful-interaction", Interaction(kind), null)),
        AuditKind.SignIn or AuditKind.SignOut or AuditKind.SecondFactor => (Coding(Dicom, "110114", "User Authentication"), Own(kind)),
        AuditKind.Export or AuditKind.View or AuditKind.Print => (Coding(Dicom, "110106", "Export"), Own(kind)),
        AuditKind.Import => (Coding(Dicom, "110107", "Import"), Own(kind)),
        AuditKind.AuditRead or AuditKind.Seal => (Coding(Dicom, "110101", "Audit Log Used"), Own(kind)),
        _ => (Coding(Dicom, "110113", "Security Alert"), Own(kind)),
    };

    private static string Interaction(AuditKind kind) => kind switch
    {
        AuditKind.VersionRead => "vread",
        AuditKind.Search => "search",
        AuditKind.History => "history",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Action(AuditKind kind) => kind switch
    {
        AuditKind.Create or AuditKind.Import => "C",
        AuditKind.Update or AuditKind.Credential or AuditKind.PermissionChange or AuditKind.ConfigurationChange or AuditKind.Consent => "U",
        AuditKind.Delete => "D",
        AuditKind.Read or AuditKind.VersionRead or AuditKind.History or AuditKind.View or AuditKind.Print or AuditKind.AuditRead or AuditKind.Export => "R",
        _ => "E",
    };

    private static JsonObject Own(AuditKind kind) => new() { ["display"] = kind.ToString() };

    private static JsonObject Coding(string system, string code, string? display)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        Put(coding, "display", display);
        return coding;
    }

    private static JsonObject Concept(string system, string code, string display) => new() { ["coding"] = new JsonArray(Coding(system, code, display)) };

    private static JsonObject Link(string relation, string url) => new() { ["relation"] = relation, ["url"] = url };

    // FHIR has no strings of nothing but white space.
    private static void Put(JsonObject target, string name, string? text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            target[name] = Trimmed(text);
        }
    }

    // Control characters other than these three are not of a FHIR string.
    private static string Trimmed(string text) => new([.. text.Trim().Select(c => c < ' ' && c is not ('\t' or '\r' or '\n') ? '\ufffd' : c)]);

    [GeneratedRegex(@"^[A-Z][A-Za-z]+/[A-Za-z0-9.\-]{1,64}\z")]
    private static partial Regex Reference();
}
