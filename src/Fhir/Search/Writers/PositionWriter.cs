using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search.Writers;

/// <summary>Places on earth (http://hl7.org/fhir/R4/location.html#search). One that no place has is left out.</summary>
internal sealed class PositionWriter(FhirDefinitions definitions)
{
    private readonly int latitude = Fields.Of(definitions, "Location.position", "latitude"u8);
    private readonly int longitude = Fields.Of(definitions, "Location.position", "longitude"u8);

    internal ValueWriter? For(TypeDefinition type) => type.Name == "Location.position" ? Position : null;

    private void Position(Element position, ResourceParameter parameter, SearchValues into)
    {
        if (SystemValue.TryDecimal(position.Property(latitude).RawUtf8, out var north) && north is >= -90 and <= 90
            && SystemValue.TryDecimal(position.Property(longitude).RawUtf8, out var east) && east is >= -180 and <= 180)
        {
            into.Positions.Add(new PositionValue(parameter, north, east));
        }
    }
}
