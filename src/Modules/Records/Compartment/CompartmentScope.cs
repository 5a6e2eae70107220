using System.Globalization;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Primitives;
using Salus.Kernel;
using Salus.Records.Read;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;

namespace Salus.Records.Compartment;

/// <summary>What part of a compartment is asked for, and which page of it.</summary>
/// <param name="Of">Its type.</param>
/// <param name="Id">The patient or encounter; null for all of them.</param>
/// <param name="Path">The address below the base, for links: <c>Patient/1/$everything</c>.</param>
internal sealed record CompartmentScope(TypeDefinition Of, string? Id, string Path)
{
    /// <summary>The parameters of the links, as they were understood.</summary>
    public List<KeyValuePair<string, string>> Used { get; } = [];

    /// <summary>Only these types; empty for all.</summary>
    public List<string> Types { get; } = [];

    /// <summary>Changed at or after this time.</summary>
    public DateTime? Since { get; private set; }

    /// <summary>Care given from here, in microseconds since 1970 UTC.</summary>
    public long? Start { get; private set; }

    /// <summary>Care given until before here, in microseconds since 1970 UTC.</summary>
    public long? End { get; private set; }

    public int Count { get; private set; }

    public Cursor? After { get; private set; }

    public AnswerShape? Shape { get; set; }

    /// <summary>Whether the people, places and medications that are referred to come too.</summary>
    public bool Referred { get; init; }

    /// <summary>Takes a parameter; null, or what is wrong with it.</summary>
    public Failure? Add(string name, string value, FhirDefinitions definitions, int mostCount)
    {
        switch (name)
        {
            case "_count" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0:
                Count = Math.Min(count, mostCount);
                break;
            case "_type":
                foreach (var type in value.Split(',', StringSplitOptions.TrimEntries))
                {
                    if (definitions.Resource(type) is null)
                    {
                        return new Failure(FailureKind.Invalid, "value", $"'{type}' is not a resource type of R4.", "_type");
                    }

                    Types.Add(type);
                }

                break;
            case "_since" when Read(value) is { } since:
                Since = RecordParameter.Time(since.Low);
                break;
            case "start" when Read(value) is { } start:
                Start = start.Low;
                break;
            case "end" when Read(value) is { } end:
                End = end.High;
                break;
            case Cursor.Parameter when Cursor.Parse(value) is { Values.Count: 0 } cursor:
                After = cursor;
                return null;
            default:
                return new Failure(FailureKind.Invalid, "value", $"'{value}' is not a value of {name}: {Takes(name)}.", name);
        }

        Used.Add(new(name, value));
        return null;
    }

    /// <summary>The address of a page.</summary>
    /// <param name="cursor">Null for the first.</param>
    public string Link(string address, Cursor? cursor)
    {
        var query = Used.Concat(cursor is null ? [] : [new(Cursor.Parameter, cursor.ToString())]).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}").ToList();
        return query.Count == 0 ? $"{address}/{Path}" : $"{address}/{Path}?{string.Join('&', query)}";
    }

    private static FhirDateTime? Read(string value) => FhirDateTime.TryRead(Encoding.UTF8.GetBytes(value.Replace(' ', '+')), out var time) && time.IsDateTime ? time : null;

    private static string Takes(string name) => name switch
    {
        "_count" => "it takes a whole number from 1",
        Cursor.Parameter => "follow the next link as it is",
        _ => "it takes a date or time such as 2026-01-31",
    };
}
