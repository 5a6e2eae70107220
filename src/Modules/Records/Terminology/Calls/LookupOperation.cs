using System.Globalization;
using System.Text.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Calls;

/// <summary>CodeSystem/$lookup (http://hl7.org/fhir/R4/codesystem-operation-lookup.html).</summary>
internal sealed class LookupOperation(Terminologies terminologies) : IOperation
{
    public OperationDefinition Definition { get; } = new("lookup", "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup", OperationLevels.Type)
    {
        Types = ["CodeSystem"],
        Parameters = [new("code", "code"), new("system", "uri"), new("version", "string"), new("coding", "Coding"), new("displayLanguage", "code"), new("property", "code", Many: true)],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var given = CodeInput.Read("lookup", call.Parameters);
        if (given.Failed(out var failure))
        {
            return failure;
        }

        var code = given.Value[0];
        if (code.System is null)
        {
            return new Failure(FailureKind.Invalid, "required", "The coding of $lookup has no system.", "coding.system");
        }

        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var found = await view.SystemAsync(code.System, code.Version, call.Stop);
        if (found.Failed(out failure))
        {
            return failure;
        }

        var system = found.Value;
        return system.Header.Content == SystemContent.NotPresent ? TerminologyView.NoContent(system.Header)
            : system.Find(code.Code) is >= 0 and var place ? Write(system, place, call.Parameters.Text("displayLanguage"), [.. call.Parameters.Texts("property")])
            : system.IsComplete ? new Failure(FailureKind.NotFound, "not-found", $"There is no code '{code.Code}' in {system.Header.Canonical}.")
            : TerminologyView.NotInPart(system.Header, code.Code);
    }

    private static Reply Write(CodeSystem system, int place, string? language, IReadOnlyCollection<string> asked)
    {
        using var writer = new ParametersWriter();
        writer.Text("name", "string", system.Header.Title ?? system.Header.Name ?? system.Url)
            .Text("version", "string", system.Header.Version)
            .Text("display", "string", system.DisplayIn(place, language) ?? system.Code(place));
        foreach (var designation in system.Designations(place).Where(d => IsAsked(asked, d)))
        {
            writer.Parts("designation", parts => Write(parts, designation));
        }

        foreach (var (name, value, description) in Properties(system, place, asked).Where(p => asked.Count == 0 || asked.Contains(p.Name)))
        {
            writer.Parts("property", parts =>
            {
                parts.Text("code", "code", name);
                Write(parts, value);
                parts.Text("description", "string", description);
            });
        }

        return writer.ToReply();
    }

    // "designation" asks for all names, "lang.X" for those of a language.
    private static bool IsAsked(IReadOnlyCollection<string> asked, Designation designation) => asked.Count == 0 || asked.Contains("designation")
        || asked.Any(a => a.StartsWith("lang.", StringComparison.Ordinal) && CodeSystem.Speaks(designation.Language, a["lang.".Length..]));

    private static IEnumerable<(string Name, PropertyValue Value, string? Description)> Properties(CodeSystem system, int place, IReadOnlyCollection<string> asked)
    {
        if (system.Definition(place) is { } definition)
        {
            yield return ("definition", new PropertyValue("string", definition), null);
        }

        var known = system.Properties(place).ToList();
        if (known.TrueForAll(p => p.Key != "inactive"))
        {
            yield return ("inactive", new PropertyValue("boolean", system.IsInactive(place) ? "true" : "false"), null);
        }

        foreach (var (name, value) in known)
        {
            yield return (name, value, null);
        }

        foreach (var parent in system.Parents(place).ToArray())
        {
            yield return ("parent", new PropertyValue("code", system.Code(parent)), system.Display(parent));
        }

        // A heading of a large system has thousands: they come when they are asked for.
        foreach (var child in asked.Contains("child") ? system.Children(place).ToArray() : [])
        {
            yield return ("child", new PropertyValue("code", system.Code(child)), system.Display(child));
        }
    }

    private static void Write(ParametersWriter parts, PropertyValue value)
    {
        switch (value.Type)
        {
            case "Coding":
                parts.Coding("value", value.System, value.Text, value.Display);
                break;
            case "boolean" when value.Text is "true" or "false":
            case "integer" when int.TryParse(value.Text, CultureInfo.InvariantCulture, out _):
                parts.Text("value", value.Type, value.Text);
                break;
            case "decimal" when decimal.TryParse(value.Text, CultureInfo.InvariantCulture, out _):
            case "code" or "dateTime" or "string":
                // R4 has no decimal here.
                parts.Text("value", value.Type == "decimal" ? "string" : value.Type, value.Text);
                break;
            default:
                parts.Text("value", "string", value.Text);
                break;
        }
    }

    private static void Write(ParametersWriter parts, Designation designation)
    {
        parts.Text("language", "code", designation.Language);
        if (designation.UseCode is { } use)
        {
            parts.Coding("use", designation.UseSystem, use, null);
        }

        parts.Text("value", "string", designation.Value);
    }
}
