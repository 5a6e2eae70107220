using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Export;
using Salus.Records.Http;
using Salus.Records.Jobs;
using Salus.Records.Operations;
using Salus.Records.Storage;

namespace Salus.Records.Import.Bulk;

/// <summary>$import of NDJSON files by the bulk import practice (https://github.com/smart-on-fhir/bulk-import): notes the job and answers where to ask for it.</summary>
internal sealed class ImportOperation(JobTable jobs, ImportPlaces places, FhirDefinitions definitions, IOptions<RecordsOptions> options) : IOperation
{
    private static readonly string[] Storages = ["https", "http", "objects"];

    public OperationDefinition Definition { get; } = new("import", "http://salus.invalid/OperationDefinition/import", OperationLevels.System)
    {
        Parameters = [new("inputFormat", "code"), new("inputSource", "uri"), new("storageDetail", ""), new("input", "", Many: true)],
        ChangesState = true,
    };

    /// <summary>POST /$import, whose body need not be a resource.</summary>
    public static Task HandleAsync(HttpContext http, OperationSet operations, Preparation preparation) => FhirExchange.RunAsync(http, async e =>
    {
        var body = await e.BodyAsync();
        var parameters = body.Failed(out var failure) ? failure : ImportManifest.ToParameters(body.Value);
        var read = parameters.Failed(out failure) ? failure : preparation.Read(parameters.Value);
        return read.Failed(out failure)
            ? failure
            : await operations.RunAsync(e.Caller, null, null, "import", e.Query, read.Value.Root, post: true, e.Lenient, e.Address, e.Stop, e.RespondAsync);
    });

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        if (!call.Caller.Permit.Has(Permissions.Import))
        {
            return new Failure(FailureKind.Forbidden, "forbidden", $"An import needs the permission {Permissions.Import}, which you do not have.");
        }

        if (!call.RespondAsync)
        {
            return new Failure(FailureKind.Invalid, "required", "$import is answered later: send the header Prefer: respond-async.", "Prefer");
        }

        if (call.Parameters.Text("inputFormat") is { } format && !ExportRequest.Formats.Contains(format))
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"inputFormat is '{format}'; {string.Join(", ", ExportRequest.Formats)} are read, and mean the same.", "inputFormat");
        }

        if (call.Parameters.Value("storageDetail") is { Exists: true } storage && Part(storage, "type") is var kind && !Storages.Contains(kind))
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"storageDetail.type is '{kind}'; {string.Join(", ", Storages)} are read.", "storageDetail.type");
        }

        var inputs = await InputsAsync(call);
        if (inputs.Failed(out var failure))
        {
            return failure;
        }

        var order = new JobOrder(IJobKind.Import, $"{call.Address}/$import", call.Parameters.Text("inputSource") ?? "", inputs.Value.Count, options.Value.MaxImports);
        return await jobs.AddAsync(call.Caller, order, call.Stop, (connection, job) => ImportInputs.AddAsync(connection, job, inputs.Value)) is { } id
            ? JobStatus.Begun(call.Address, id, "The import has begun;")
            : JobStatus.TooMany(order, "Salus:Records:MaxImports");
    }

    private async Task<Outcome<IReadOnlyList<ImportInput>>> InputsAsync(OperationCall call)
    {
        var inputs = new List<ImportInput>();
        foreach (var given in call.Parameters.Values("input"))
        {
            var path = $"input[{inputs.Count}]";
            if (inputs.Count == options.Value.MaxImportInputs)
            {
                return new Failure(FailureKind.TooLarge, "too-long", $"The import has more than {inputs.Count} inputs (Salus:Records:MaxImportInputs). Send it in parts.", "input");
            }

            if (Part(given, "type") is not { } type || definitions.Resource(type) is null)
            {
                return new Failure(FailureKind.Invalid, "value", $"{path}.type is '{Part(given, "type")}'; it takes the resource type of the file, such as Patient.", $"{path}.type");
            }

            if (Part(given, "url") is not { Length: > 0 and <= 4096 } url)
            {
                return new Failure(FailureKind.Invalid, "required", $"{path}.url is missing or too long; it takes the address of an NDJSON file.", $"{path}.url");
            }

            var found = await places.ObjectAsync(call.Caller, url, $"{path}.url", call.Address, call.Stop);
            if (found.Failed(out var failure))
            {
                return failure;
            }

            inputs.Add(new ImportInput(inputs.Count, type, url, found.Value, null, 0, 0, 0, 0));
        }

        return inputs.Count > 0 ? inputs : new Failure(FailureKind.Invalid, "required", "$import takes at least one input with type and url.", "input");
    }

    private static string? Part(Element parameter, string name)
    {
        foreach (var part in parameter.Named("part"))
        {
            if (part.Child("name"u8).AsString() == name)
            {
                foreach (var value in part.Named("value"))
                {
                    return value.AsString();
                }
            }
        }

        return null;
    }
}
