using System.Globalization;
using Salus.Fhir.Json;

namespace Salus.Records.Operations;

/// <summary>
/// The input of an operation, from URL and Parameters resource together, checked against its definition (<see cref="ParametersReader"/>): what these
/// methods return needs no second look at its type.
/// </summary>
internal sealed class OperationParameters
{
    private readonly List<(string Name, string? Text, Element Value)> values = [];

    public static OperationParameters None { get; } = new();

    public bool Has(string name) => values.Any(v => v.Name == name);

    /// <summary>A primitive as text, or null.</summary>
    public string? Text(string name) => values.FirstOrDefault(v => v.Name == name).Text;

    /// <summary>All values of a primitive.</summary>
    public IEnumerable<string> Texts(string name) => values.Where(v => v.Name == name && v.Text is not null).Select(v => v.Text!);

    /// <summary>A boolean, or null.</summary>
    public bool? Flag(string name) => Text(name) is { } text ? text == "true" : null;

    /// <summary>An integer, or null.</summary>
    public int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>A data type or resource; where the parameter has parts, the parameter itself. Nothing when it is missing.</summary>
    public Element Value(string name) => values.FirstOrDefault(v => v.Name == name).Value;

    /// <summary>All values of a data type, resource, or parameter with parts.</summary>
    public IEnumerable<Element> Values(string name) => values.Where(v => v.Name == name && v.Value.Exists).Select(v => v.Value);

    internal int Count(string name) => values.Count(v => v.Name == name);

    internal void Add(string name, string? text, Element value = default) => values.Add((name, text, value));
}
