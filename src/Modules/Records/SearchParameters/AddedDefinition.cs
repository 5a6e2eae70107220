using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.SearchParameters;

/// <summary>Reads a SearchParameter resource (http://hl7.org/fhir/R4/searchparameter.html) as a definition that can be searched by.</summary>
internal static class AddedDefinition
{
    /// <summary>The definition; null for one that is not active, or that R4 itself publishes: such a resource is stored and adds nothing.</summary>
    public static Outcome<SearchParameter?> Read(Element resource, FhirDefinitions definitions)
    {
        var url = Text(resource, "url"u8) ?? "";
        if (Text(resource, "status"u8) != "active" || definitions.SearchParameters.Any(p => p.Url == url))
        {
            return (SearchParameter?)null;
        }

        var code = Text(resource, "code"u8) ?? "";
        if (code.Length is 0 or > 64 || code[0] == '_' || !code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return Wrong("code", $"'{code}' cannot be the name of a search parameter: 1 to 64 letters, digits, '-' and '_', without '_' in front.");
        }

        if (!Enum.TryParse<SearchType>(Text(resource, "type"u8), ignoreCase: true, out var type) || type == SearchType.Special)
        {
            return Wrong("type", $"A parameter of type {Text(resource, "type"u8)} cannot be added at run time; number, date, string, token, reference, composite, quantity and uri can.");
        }

        var bases = Texts(resource, "base");
        if (bases.Find(b => b is not ("Resource" or "DomainResource") && definitions.Resource(b) is null) is { } unknown)
        {
            return Wrong("base", $"'{unknown}' is no resource type of R4.");
        }

        if (bases.Count == 0)
        {
            return Wrong("base", "It names no resource type. Name at least one of R4, or Resource for all.");
        }

        return Text(resource, "expression"u8) is { } expression
            ? new SearchParameter(url, code, type, bases, expression, [.. Texts(resource, "target")], [.. Components(resource)], Text(resource, "description"u8) ?? "")
            : Wrong("expression", "An active search parameter needs an expression. Give it status draft if it is not meant to be used yet.");
    }

    /// <summary>Whether two definitions find the same by the same means.</summary>
    public static bool Same(SearchParameter a, SearchParameter b) =>
        (a.Url, a.Code, a.Type, a.Expression) == (b.Url, b.Code, b.Type, b.Expression)
        && a.Base.SequenceEqual(b.Base) && a.Targets.SequenceEqual(b.Targets) && a.Components.SequenceEqual(b.Components);

    public static Failure Wrong(string element, string message) => new(FailureKind.Invalid, "invalid", message, $"SearchParameter.{element}");

    private static string? Text(Element element, ReadOnlySpan<byte> name) => element.Child(name).AsString();

    private static List<string> Texts(Element element, string name)
    {
        var texts = new List<string>();
        foreach (var child in element.Named(name))
        {
            if (child.AsString() is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static List<SearchComponent> Components(Element resource)
    {
        var components = new List<SearchComponent>();
        foreach (var component in resource.Named("component"))
        {
            components.Add(new SearchComponent(Text(component, "definition"u8) ?? "", Text(component, "expression"u8) ?? ""));
        }

        return components;
    }
}
