using Salus.Fhir.Json;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>Reads a ValueSet resource, and value sets that are implied by their URL.</summary>
internal static class ValueSetReader
{
    public static ValueSet Read(Element resource)
    {
        var compose = resource.Child("compose"u8);
        return new ValueSet
        {
            Url = resource.Child("url"u8).AsString(),
            Version = resource.Child("version"u8).AsString(),
            Name = resource.Child("name"u8).AsString(),
            Title = resource.Child("title"u8).AsString(),
            Status = resource.Child("status"u8).AsString() ?? "unknown",
            Inactive = compose.Child("inactive"u8).AsString() is { } inactive ? inactive == "true" : null,
            Includes = Inclusions(compose.Named("include")),
            Excludes = Inclusions(compose.Named("exclude")),
            Expansion = compose.Exists || !resource.Child("expansion"u8).Exists ? null : Expansion(resource.Child("expansion"u8)),
            Compose = compose.Exists ? compose.RawUtf8.ToArray() : default,
        };
    }

    /// <summary>All of a code system, or what a filter leaves of it.</summary>
    public static ValueSet Implied(string url, string system, string? version, PropertyFilter? filter) => new()
    {
        Url = url,
        Version = version,
        Name = "Implied",
        Includes = [new Inclusion(system, version, [], filter is null ? [] : [filter], [])],
    };

    private static List<Inclusion> Inclusions(ElementChildren parts)
    {
        var read = new List<Inclusion>();
        foreach (var part in parts)
        {
            var (system, version) = (part.Child("system"u8).AsString(), part.Child("version"u8).AsString());
            read.Add(new Inclusion(system, version, Concepts(part, system ?? "", version), Filters(part), Texts(part, "valueSet")));
        }

        return read;
    }

    private static List<ListedCode> Concepts(Element part, string system, string? version)
    {
        var read = new List<ListedCode>();
        foreach (var concept in part.Named("concept"))
        {
            read.Add(new ListedCode(system, concept.Child("code"u8).AsString() ?? "", concept.Child("display"u8).AsString())
            {
                Version = version,
                Designations = CodeSystemReader.Designations(concept),
            });
        }

        return read;
    }

    private static List<PropertyFilter> Filters(Element part)
    {
        var read = new List<PropertyFilter>();
        foreach (var filter in part.Named("filter"))
        {
            read.Add(new PropertyFilter(
                filter.Child("property"u8).AsString() ?? "", filter.Child("op"u8).AsString() ?? "", filter.Child("value"u8).AsString() ?? ""));
        }

        return read;
    }

    private static List<string> Texts(Element part, string name)
    {
        var read = new List<string>();
        foreach (var text in part.Named(name))
        {
            read.Add(text.AsString() ?? "");
        }

        return read;
    }

    private static List<ListedCode> Expansion(Element expansion)
    {
        var read = new List<ListedCode>();
        Collect(expansion, read);
        return read;
    }

    private static void Collect(Element parent, List<ListedCode> read)
    {
        foreach (var item in parent.Named("contains"))
        {
            if (item.Child("code"u8).AsString() is { } code)
            {
                read.Add(new ListedCode(item.Child("system"u8).AsString() ?? "", code, item.Child("display"u8).AsString())
                {
                    Version = item.Child("version"u8).AsString(),
                    Inactive = item.Child("inactive"u8).AsString() == "true",
                    Abstract = item.Child("abstract"u8).AsString() == "true",
                    Designations = CodeSystemReader.Designations(item),
                });
            }

            Collect(item, read);
        }
    }
}
