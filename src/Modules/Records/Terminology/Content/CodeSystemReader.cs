using Salus.Fhir.Json;

namespace Salus.Records.Terminology.Content;

/// <summary>Reads a CodeSystem resource (http://hl7.org/fhir/R4/codesystem.html).</summary>
internal static class CodeSystemReader
{
    // http://hl7.org/fhir/R4/codesystem.html#status: properties that say that a concept is not in use.
    private static readonly HashSet<string> InactiveStatus = new(StringComparer.Ordinal) { "retired", "inactive" };

    public static CodeSystem Read(Element resource)
    {
        var header = Header(resource);
        var builder = new CodeSystem.Builder(header);
        foreach (var concept in resource.Named("concept"))
        {
            Add(builder, concept, null);
        }

        return builder.Build();
    }

    public static SystemHeader Header(Element resource) => new(resource.Child("url"u8).AsString() ?? "", resource.Child("version"u8).AsString())
    {
        Name = resource.Child("name"u8).AsString(),
        Title = resource.Child("title"u8).AsString(),
        Language = resource.Child("language"u8).AsString(),
        Status = resource.Child("status"u8).AsString() ?? "unknown",
        CaseSensitive = resource.Child("caseSensitive"u8).AsString() != "false",
        Content = resource.Child("content"u8).AsString() switch
        {
            "fragment" => SystemContent.Fragment,
            "example" => SystemContent.Example,
            "not-present" => SystemContent.NotPresent,
            "supplement" => SystemContent.Supplement,
            _ => SystemContent.Complete,
        },
        Properties = Declared(resource),
    };

    private static Dictionary<string, string> Declared(Element resource)
    {
        var declared = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in resource.Named("property"))
        {
            declared.TryAdd(property.Child("code"u8).AsString() ?? "", property.Child("type"u8).AsString() ?? "string");
        }

        return declared;
    }

    private static void Add(CodeSystem.Builder builder, Element concept, string? parent)
    {
        if (concept.Child("code"u8).AsString() is not { Length: > 0 } code)
        {
            return;
        }

        var properties = Properties(concept);
        builder.Add(new NewConcept(code, concept.Child("display"u8).AsString())
        {
            Definition = concept.Child("definition"u8).AsString(),
            Inactive = properties.Any(p => (p.Key == "inactive" && p.Value.Text == "true") || (p.Key == "status" && InactiveStatus.Contains(p.Value.Text))),
            Abstract = properties.Any(p => p.Key == "notSelectable" && p.Value.Text == "true"),
            Parents = [.. (parent is null ? [] : new[] { parent }), .. properties.Where(p => p.Key is "parent" or "subsumedBy").Select(p => p.Value.Text)],
            Properties = [.. properties.Where(p => p.Key is not ("parent" or "subsumedBy" or "child"))],
            Designations = Designations(concept),
        });
        foreach (var child in properties.Where(p => p.Key == "child"))
        {
            builder.Link(child.Value.Text, code);
        }

        foreach (var child in concept.Named("concept"))
        {
            Add(builder, child, code);
        }
    }

    private static List<KeyValuePair<string, PropertyValue>> Properties(Element concept)
    {
        var read = new List<KeyValuePair<string, PropertyValue>>();
        foreach (var property in concept.Named("property"))
        {
            foreach (var value in property.Named("value"))
            {
                read.Add(new(property.Child("code"u8).AsString() ?? "", value.Type?.Name == "Coding"
                    ? new PropertyValue("Coding", value.Child("code"u8).AsString() ?? "", value.Child("system"u8).AsString(), value.Child("display"u8).AsString())
                    : new PropertyValue(value.Type?.Name ?? "string", value.AsString() ?? "")));
            }
        }

        return read;
    }

    public static List<Designation> Designations(Element concept)
    {
        var read = new List<Designation>();
        foreach (var designation in concept.Named("designation"))
        {
            var use = designation.Child("use"u8);
            read.Add(new Designation(
                designation.Child("language"u8).AsString(), use.Child("system"u8).AsString(), use.Child("code"u8).AsString(), designation.Child("value"u8).AsString() ?? ""));
        }

        return read;
    }
}
