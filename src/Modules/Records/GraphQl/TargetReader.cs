using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Records.Read;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.GraphQl;

/// <summary>What a Reference leads to.</summary>
/// <param name="Inside">The resource it stands in or one contained there; nothing for all others.</param>
/// <param name="Name">A resource of the record; null for all others.</param>
/// <param name="Wrong">Why it leads to neither.</param>
internal readonly record struct TargetOf(Element Inside, VersionName? Name, string Wrong);

/// <summary>Reads references (http://hl7.org/fhir/R4/references.html#literal). Nothing is loaded.</summary>
/// <param name="address">The FHIR base: what begins with it is a resource here.</param>
internal sealed class TargetReader(FhirDefinitions definitions, string address)
{
    /// <summary>What a Reference leads to.</summary>
    public TargetOf Of(Focus focus)
    {
        if (focus.Element.Child("reference"u8).AsString() is not { } text)
        {
            return Nowhere("The reference says no address, only who or what is meant by words or an identifier.");
        }

        if (text.StartsWith('#'))
        {
            return ReferenceTarget.Local(focus.Container, text) is { Exists: true } inside ? new TargetOf(inside, null, "") : Nowhere($"Nothing in the resource has the id '{Short(text[1..])}'.");
        }

        return ReferenceParameter.Relative(text, address).Split('/') switch
        {
            [var type, var id] when IsName(type, id) => new TargetOf(default, new VersionName(type, id), ""),
            [var type, var id, "_history", var version] when IsName(type, id) && int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 =>
                new TargetOf(default, new VersionName(type, id, number), ""),
            _ => Nowhere($"'{Short(text)}' is not a resource of this server."),
        };
    }

    private bool IsName(string type, string id) => definitions.Resource(type) is not null && Preparation.CheckId(id) is null;

    private static TargetOf Nowhere(string wrong) => new(default, null, wrong);

    private static string Short(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
