using System.Security.Cryptography;
using System.Text;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Storage;

// A search value as a row of its table, without the key. The commit stores what these functions give, and the consistency check compares with it.

/// <summary>A row of <c>records.index_string</c>.</summary>
internal readonly record struct StringRow(int Tenant, int Parameter, string Value, string Original)
{
    public static StringRow Of(Tenant tenant, in IndexedString text) => new(tenant.Number, text.ParameterSet, text.Value, text.Original);
}

/// <summary>A row of <c>records.index_date</c>.</summary>
internal readonly record struct DateRow(int Tenant, int Parameter, long Low, long High)
{
    public static DateRow Of(Tenant tenant, DateValue value, Catalog catalog) => new(tenant.Number, catalog.Number(value.Parameter), value.Low, value.High);
}

/// <summary>A row of <c>records.index_amount</c>. The code systems of quantities must be known to the catalog.</summary>
internal readonly record struct AmountRow(int Tenant, int Parameter, int System, string Code, string? Unit, decimal Low, decimal High)
{
    public static AmountRow Of(Tenant tenant, NumberValue value, Catalog catalog) =>
        new(tenant.Number, catalog.Number(value.Parameter), 0, "", null, value.Low, value.High);

    public static AmountRow Of(Tenant tenant, QuantityValue value, Catalog catalog) => new(
        tenant.Number, catalog.Number(value.Parameter), catalog.System(value.System),
        FoldedText.Code(value.Code ?? ""), value.Unit is null ? null : FoldedText.Code(value.Unit), value.Low, value.High);

    // A place is two rows; a resource has one place.
    public static AmountRow Latitude(Tenant tenant, PositionValue value, Catalog catalog) =>
        new(tenant.Number, catalog.Number(value.Parameter), 0, "lat", null, value.Latitude, value.Latitude);

    public static AmountRow Longitude(Tenant tenant, PositionValue value, Catalog catalog) =>
        new(tenant.Number, catalog.Number(value.Parameter), 0, "long", null, value.Longitude, value.Longitude);
}

/// <summary>A row of <c>records.index_text</c>, but for its words, which PostgreSQL makes of the text.</summary>
/// <param name="Digest">SHA-256 of the folded text, the first half in hexadecimal.</param>
internal readonly record struct TextRow(int Tenant, int Parameter, string Digest)
{
    public static TextRow Of(Tenant tenant, StringValue narrative, Catalog catalog) => new(
        tenant.Number, catalog.Number(narrative.Parameter), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FoldedText.Words(narrative.Text)))[..16]));
}
