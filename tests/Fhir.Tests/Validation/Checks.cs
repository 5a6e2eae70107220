using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Validation;

internal static class Checks
{
    internal static readonly StructureValidator Validator = new(FhirDefinitions.R4);

    /// <summary>Reads and validates; the JSON may use ' for ".</summary>
    internal static IReadOnlyList<Issue> Issues(string json, StructureValidator? validator = null) => (validator ?? Validator).Validate(Read(json));

    internal static ResourceDocument Read(string json) => Read(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    internal static ResourceDocument Read(ReadOnlyMemory<byte> json) =>
        ResourceReader.TryRead(json, FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.ToString());

    /// <summary>"code path" of each issue, one per line.</summary>
    internal static string Found(string json, StructureValidator? validator = null) =>
        string.Join('\n', Issues(json, validator).Select(issue => $"{issue.Code} {issue.Path}"));
}
