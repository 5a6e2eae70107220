using System.Globalization;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;

namespace Salus.Fhir.Tests.Search;

/// <summary>Extracts a resource and writes its values as text, so that a test reads like a table.</summary>
internal static class Extraction
{
    internal static readonly SearchValueExtractor Extractor = new(new SearchParameterSet(FhirDefinitions.R4));

    internal static ResourceDocument Read(string json)
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        return document;
    }

    internal static SearchValues Values(string json)
    {
        var values = new SearchValues();
        Extractor.Extract(Read(json).Root, values);
        return values;
    }

    /// <summary>The values of one parameter, sorted and joined by "; ".</summary>
    internal static string Of(SearchValues values, string code) => string.Join("; ", Lines(values).Where(l => l.Code == code).Select(l => l.Text).Order(StringComparer.Ordinal));

    internal static IEnumerable<(string Code, string Text)> Lines(SearchValues values) =>
        values.Tokens.Select(v => (v.Parameter.Code, v.System + "|" + v.Code))
            .Concat(values.Strings.Select(v => (v.Parameter.Code, v.Text)))
            .Concat(values.References.Select(v => (v.Parameter.Code, Reference(v))))
            .Concat(values.Dates.Select(v => (v.Parameter.Code, Time(v.Low) + ".." + Time(v.High))))
            .Concat(values.Numbers.Select(v => (v.Parameter.Code, Span(v.Low, v.High))))
            .Concat(values.Quantities.Select(v => (v.Parameter.Code, $"{Span(v.Low, v.High)}|{v.System}|{v.Code}|{v.Unit}")))
            .Concat(values.Uris.Select(v => (v.Parameter.Code, v.Uri)));

    private static string Reference(ReferenceValue v) =>
        (v.TargetType is null ? v.Url : v.TargetType + "/" + v.TargetId) + (v.IdentifierValue is null ? "" : $" {v.IdentifierSystem}|{v.IdentifierValue}");

    private static string Span(decimal low, decimal high) => low == high ? Number(low) : Number(low) + ".." + Number(high);

    private static string Number(decimal value) =>
        value is decimal.MinValue or decimal.MaxValue ? "*" : value.ToString(CultureInfo.InvariantCulture);

    private static string Time(long micros) => micros switch
    {
        long.MinValue or long.MaxValue => "*",
        _ => DateTime.UnixEpoch.AddMicroseconds(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture).Replace("T00:00:00", "", StringComparison.Ordinal),
    };
}
