using System.Globalization;
using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Primitives;
using Salus.Fhir.Views;
using Salus.Kernel;

namespace Salus.Records.Views;

/// <summary>What <c>$run</c> was asked for (https://sql-on-fhir.org/ig/latest/OperationDefinition-ViewDefinitionRun.html).</summary>
internal sealed class ViewRunRequest
{
    private const string Known = "_format, header, viewReference, viewResource, patient, group, resource, _limit, _since";

    private readonly List<Problem> problems = [];

    public RowFormat Format { get; private set; } = RowFormat.Ndjson;

    public bool Header { get; private set; } = true;

    public string? ViewReference { get; private set; }

    /// <summary>The definition itself, as JSON.</summary>
    public byte[]? ViewResource { get; private set; }

    public List<string> Patients { get; } = [];

    public List<string> Groups { get; } = [];

    /// <summary>Resources to run over instead of the record.</summary>
    public List<ResourceDocument> Resources { get; } = [];

    public bool HasResources { get; private set; }

    public long Limit { get; private set; } = long.MaxValue;

    public DateTimeOffset? Since { get; private set; }

    /// <summary>Reads URL and body; the body is a Parameters resource or, for short, the ViewDefinition itself.</summary>
    /// <param name="accept">The Accept header, which decides where <c>_format</c> does not.</param>
    /// <param name="body">Nothing when there is none.</param>
    public static Outcome<ViewRunRequest> Read(IReadOnlyList<KeyValuePair<string, string>> query, string? accept, ReadOnlyMemory<byte> body, FhirDefinitions definitions)
    {
        var request = new ViewRunRequest();
        request.Accept(accept);
        foreach (var (name, value) in query)
        {
            request.Set(name, value);
        }

        try
        {
            request.Body(body, definitions);
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.Invalid, "structure", $"The body is not well-formed JSON: {e.Message}");
        }

        return request.problems.Count > 0 ? new Failure(FailureKind.Invalid, request.problems) : request;
    }

    private void Accept(string? accept)
    {
        foreach (var type in accept?.Split(',') ?? [])
        {
            RowFormat? format = type.Split(';')[0].Trim() switch
            {
                "text/csv" => RowFormat.Csv,
                "application/json" => RowFormat.Json,
                "application/x-ndjson" or "application/ndjson" or "application/fhir+ndjson" => RowFormat.Ndjson,
                "application/octet-stream" or "application/vnd.apache.parquet" => RowFormat.Parquet,
                _ => null,
            };
            if (format is { } known)
            {
                Format = known;
                return;
            }
        }
    }

    private void Body(ReadOnlyMemory<byte> body, FhirDefinitions definitions)
    {
        if (body.IsEmpty)
        {
            return;
        }

        using var document = StrictJson.Parse(body, ResourceReader.MaxDepth);
        var root = document.RootElement;
        var type = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("resourceType", out var stated) ? stated.ToString() : "";
        if (type == "ViewDefinition" || type.EndsWith("/ViewDefinition", StringComparison.Ordinal))
        {
            ViewResource = body.ToArray();
            return;
        }

        if (type != "Parameters" || !root.TryGetProperty("parameter", out var parameters) || parameters.ValueKind != JsonValueKind.Array)
        {
            problems.Add(new Problem("structure", "The body is neither a ViewDefinition nor a Parameters resource with a 'parameter'."));
            return;
        }

        foreach (var parameter in parameters.EnumerateArray())
        {
            Parameter(parameter, definitions);
        }
    }

    private void Parameter(JsonElement parameter, FhirDefinitions definitions)
    {
        var name = parameter.ValueKind == JsonValueKind.Object && parameter.TryGetProperty("name", out var stated) ? stated.ToString() : "";
        if (name is "viewResource" or "resource")
        {
            if (!parameter.TryGetProperty("resource", out var resource))
            {
                problems.Add(new Problem("required", $"The parameter '{name}' has no resource.", name));
            }
            else if (name == "viewResource")
            {
                ViewResource = Encoding.UTF8.GetBytes(resource.GetRawText());
            }
            else
            {
                AddResource(Encoding.UTF8.GetBytes(resource.GetRawText()), definitions);
            }

            return;
        }

        var value = name.Length == 0 ? default : parameter.EnumerateObject().FirstOrDefault(p => p.Name.StartsWith("value", StringComparison.Ordinal)).Value;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("reference", out var reference))
        {
            value = reference;
        }

        Set(name, value.ValueKind == JsonValueKind.Undefined ? "" : value.ToString());
    }

    private void AddResource(byte[] utf8, FhirDefinitions definitions)
    {
        HasResources = true;
        if (ResourceReader.TryRead(utf8, definitions, out var document, out var issue))
        {
            Resources.Add(document);
        }
        else
        {
            problems.Add(new Problem(issue.Code, issue.Message, "resource"));
        }
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "_format":
                Form(value);
                break;
            case "header" when value is "true" or "false":
                Header = value == "true";
                break;
            case "viewReference" when value.Length > 0:
                ViewReference = value;
                break;
            case "patient" or "group" when Id(name, value) is { } id:
                (name == "patient" ? Patients : Groups).Add(id);
                break;
            case "_limit" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0:
                Limit = limit;
                break;
            // A '+' in a URL query is a blank.
            case "_since" when FhirDateTime.TryRead(Encoding.UTF8.GetBytes(value.Replace(' ', '+')), out var since) && since.IsDateTime:
                Since = DateTimeOffset.UnixEpoch.AddTicks(since.Low * TimeSpan.TicksPerMicrosecond);
                break;
            case "_pretty":
                break;
            case "source":
                problems.Add(new Problem("not-supported", "Salus runs views over its own record or over resources in the request, not over a 'source' elsewhere. Leave it out; for files there is 'salus views run'.", name));
                break;
            default:
                problems.Add(Known.Split(", ").Contains(name)
                    ? new Problem("value", $"'{Short(value)}' is not a value of '{name}'.{Hint(name)}", name)
                    : new Problem("not-supported", $"$run has no parameter '{Short(name)}'; it takes {Known}.", Short(name)));
                break;
        }
    }

    private void Form(string value)
    {
        RowFormat? format = value.ToLowerInvariant() switch
        {
            "csv" or "text/csv" => RowFormat.Csv,
            "json" or "application/json" => RowFormat.Json,
            "ndjson" or "application/x-ndjson" or "application/ndjson" => RowFormat.Ndjson,
            "parquet" or "application/octet-stream" or "application/vnd.apache.parquet" => RowFormat.Parquet,
            _ => null,
        };
        if (format is { } known)
        {
            Format = known;
        }
        else
        {
            problems.Add(new Problem("not-supported", $"'{Short(value)}' is not a form of rows; there are csv, ndjson, json and parquet.", "_format"));
        }
    }

    // Patient/1, or the id alone.
    private static string? Id(string name, string value)
    {
        var prefix = name == "patient" ? "Patient/" : "Group/";
        var id = value.StartsWith(prefix, StringComparison.Ordinal) ? value[prefix.Length..] : value;
        return Storage.Preparation.CheckId(id) is null ? id : null;
    }

    private static string Hint(string name) => name switch
    {
        "header" => " It is true or false.",
        "patient" => " It is a reference such as Patient/1.",
        "group" => " It is a reference such as Group/1.",
        "_limit" => " It is a number of rows from 1.",
        "_since" => " It is a time such as 2026-01-31T12:00:00Z.",
        "viewReference" => " It is ViewDefinition/id, or the canonical address of a stored view.",
        "viewResource" or "resource" => " It is a resource, in a Parameters resource that is POSTed.",
        _ => "",
    };

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
