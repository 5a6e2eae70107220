using System.Globalization;
using System.Text.Json;

namespace Salus.Simulation.Json;

/// <summary>Writes FHIR elements; what is null or empty is left out, as R4 JSON forbids both (https://hl7.org/fhir/R4/json.html#resources).</summary>
internal sealed class ElementWriter(Utf8JsonWriter json)
{
    public void Text(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) json.WriteString(name, value);
    }

    public void Number(string name, decimal value) => json.WriteNumber(name, value);

    public void Flag(string name, bool value) => json.WriteBoolean(name, value);

    public void Date(string name, DateOnly value) => json.WriteString(name, value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public void Moment(string name, DateTimeOffset value) => json.WriteString(name, Moment(value));

    public static string Moment(DateTimeOffset value) => value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    public void Texts(string name, params string?[] values)
    {
        if (values.All(string.IsNullOrEmpty)) return;
        json.WriteStartArray(name);
        foreach (var value in values.Where(value => !string.IsNullOrEmpty(value))) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public void Element(string name, Action content)
    {
        json.WriteStartObject(name);
        content();
        json.WriteEndObject();
    }

    /// <summary>An array of one object.</summary>
    public void Only(string name, Action content) => List(name, [content], write => write());

    public void List<T>(string name, IReadOnlyCollection<T> items, Action<T> content)
    {
        if (items.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            content(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public void Period(string name, DateTimeOffset start, DateTimeOffset? end) => Element(name, () =>
    {
        Moment("start", start);
        if (end is { } last) Moment("end", last);
    });

    public void Reference(string name, string? target, string? display = null)
    {
        if (target is not null) Element(name, () => Target(target, display));
    }

    public void References(string name, params IReadOnlyCollection<string> targets) => List(name, targets, target => Target(target));

    public void Target(string target, string? display = null)
    {
        Text("reference", target);
        Text("display", display);
    }

    public void Coding(string name, Code code) => Element(name, () => Parts(code));

    public void Concept(string name, Concept? concept)
    {
        if (concept is not null) Element(name, () => Parts(concept));
    }

    public void Concept(string name, Code code) => Element(name, () => List("coding", [code], Parts));

    public void Concepts(string name, params IReadOnlyCollection<Concept> concepts) => List(name, concepts, Parts);

    public void Quantity(string name, decimal value, string unit, string ucum) => Element(name, () =>
    {
        Number("value", value);
        Text("unit", unit);
        Text("system", Terms.Ucum);
        Text("code", ucum);
    });

    void Parts(Concept concept)
    {
        List("coding", concept.Codes, Parts);
        Text("text", concept.Text);
    }

    void Parts(Code code)
    {
        Text("system", code.System);
        Text("code", code.Value);
        Text("display", code.Display);
    }
}
