using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>One step of an element's id: <c>coding:loinc</c>.</summary>
internal readonly record struct PathStep(string Name, string? Slice)
{
    public override string ToString() => Slice is null ? Name : $"{Name}:{Slice}";
}

/// <summary>An element of a StructureDefinition: where it stands below the root, and what it says.</summary>
internal sealed record ProfileRow(IReadOnlyList<PathStep> Steps, ElementFacts Facts);

/// <summary>A StructureDefinition that constrains a type (http://hl7.org/fhir/R4/structuredefinition.html), as read. Immutable.</summary>
internal sealed class StructureProfile
{
    private StructureProfile(Element definition, string url, TypeDefinition type)
    {
        Url = url;
        Type = type;
        Version = definition.Child("version"u8).AsString();
        Title = definition.Child("title"u8).AsString() ?? definition.Child("name"u8).AsString() ?? url;
        BaseUrl = definition.Child("baseDefinition"u8).AsString()?.Split('|')[0];
        Snapshot = definition.Child("snapshot"u8) is { Exists: true } snapshot ? Rows(snapshot) : null;
        Differential = definition.Child("differential"u8) is { Exists: true } differential ? Rows(differential) : [];
    }

    private StructureProfile(StructureProfile other) =>
        (Url, Version, Title, Type, BaseUrl, Differential) = (other.Url, other.Version, other.Title, other.Type, other.BaseUrl, other.Differential);

    internal string Url { get; }

    internal string? Version { get; }

    internal string Title { get; }

    internal TypeDefinition Type { get; }

    internal string? BaseUrl { get; }

    /// <summary>Null when the definition has only a differential.</summary>
    internal IReadOnlyList<ProfileRow>? Snapshot { get; }

    internal IReadOnlyList<ProfileRow> Differential { get; }

    /// <summary>Null for what is no constraint on an R4 type: logical models, the definitions of the types themselves.</summary>
    internal static StructureProfile? Read(Element definition)
    {
        var type = definition.Child("type"u8).AsString() is { } name ? definition.Document.Definitions.Type(name) : null;
        return definition.Child("url"u8).AsString() is { } url && type is not null && definition.Child("derivation"u8).AsString() == "constraint"
            ? new StructureProfile(definition, url, type)
            : null;
    }

    /// <summary>The same as if only its differential had been published.</summary>
    internal StructureProfile WithoutSnapshot() => new(this);

    private static List<ProfileRow> Rows(Element list)
    {
        var rows = new List<ProfileRow>();
        var open = new List<PathStep>();
        foreach (var element in list.Named("element"))
        {
            if (element.Child("path"u8).AsString() is not { } path)
            {
                continue;
            }

            var steps = element.Child("id"u8).AsString() is { } id && Same(id, path) ? Parse(id) : Follow(open, path, element.Child("sliceName"u8).AsString());
            open = steps;
            rows.Add(new ProfileRow(steps[1..], Facts(element)));
        }

        return rows;
    }

    // An id that does not tell the path is an id and no more.
    private static bool Same(string id, string path) => string.Join('.', id.Split('.').Select(s => s.Split(':')[0])) == path;

    private static List<PathStep> Parse(string id) =>
        [.. id.Split('.').Select(step => step.IndexOf(':', StringComparison.Ordinal) is >= 0 and var at ? new PathStep(step[..at], step[(at + 1)..]) : new PathStep(step, null))];

    /// <summary>Without ids, a path means the slices that the rows before it opened.</summary>
    private static List<PathStep> Follow(List<PathStep> before, string path, string? slice)
    {
        var steps = path.Split('.').Select(name => new PathStep(name, null)).ToList();
        for (var i = 0; i < steps.Count - 1 && i < before.Count && before[i].Name == steps[i].Name; i++)
        {
            steps[i] = before[i];
        }

        steps[^1] = steps[^1] with { Slice = slice };
        return steps;
    }

    private static ElementFacts Facts(Element element) => new()
    {
        Min = Number(element.Child("min"u8)),
        Max = element.Child("max"u8).AsString() switch
        {
            null => null,
            "*" => int.MaxValue,
            var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null,
        },
        Types = Types(element),
        Fixed = First(element, "fixed"),
        Pattern = First(element, "pattern"),
        Least = First(element, "minValue"),
        Most = First(element, "maxValue"),
        MaxLength = Number(element.Child("maxLength"u8)),
        Binding = Binding(element.Child("binding"u8)),
        Slicing = Slicing(element.Child("slicing"u8)),
        Invariants = Invariants(element),
    };

    private static int? Number(Element element) =>
        element.AsString() is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Element First(Element element, string name)
    {
        foreach (var child in element.Named(name))
        {
            return child;
        }

        return default;
    }

    private static List<TypeChoice>? Types(Element element)
    {
        List<TypeChoice>? types = null;
        foreach (var type in element.Named("type"))
        {
            if (type.Child("code"u8).AsString() is { } code)
            {
                (types ??= []).Add(new TypeChoice(code, Urls(type, "profile"), Urls(type, "targetProfile")));
            }
        }

        return types;
    }

    private static List<string> Urls(Element element, string name)
    {
        var urls = new List<string>();
        foreach (var url in element.Named(name))
        {
            if (url.AsString() is { } text)
            {
                urls.Add(text.Split('|')[0]);
            }
        }

        return urls;
    }

    private static BindingFacts? Binding(Element binding) =>
        binding.Child("valueSet"u8).AsString() is { } valueSet && Enum.TryParse<BindingStrength>(binding.Child("strength"u8).AsString(), ignoreCase: true, out var strength)
            ? new BindingFacts(strength, valueSet)
            : null;

    private static SlicingFacts? Slicing(Element slicing)
    {
        if (!slicing.Exists)
        {
            return null;
        }

        var discriminators = new List<Discriminator>();
        foreach (var discriminator in slicing.Named("discriminator"))
        {
            discriminators.Add(new Discriminator(discriminator.Child("type"u8).AsString() ?? "", discriminator.Child("path"u8).AsString() ?? "$this"));
        }

        var rules = Enum.TryParse<SlicingRules>(slicing.Child("rules"u8).AsString(), ignoreCase: true, out var known) ? known : SlicingRules.Open;
        return new SlicingFacts(discriminators, rules, slicing.Child("ordered"u8).Kind == JsonKind.True);
    }

    private static List<ProfileInvariant> Invariants(Element element)
    {
        var invariants = new List<ProfileInvariant>();
        foreach (var constraint in element.Named("constraint"))
        {
            if (constraint.Child("expression"u8).AsString() is { } expression && constraint.Child("key"u8).AsString() is { } key)
            {
                var severity = constraint.Child("severity"u8).AsString() == "warning" ? IssueSeverity.Warning : IssueSeverity.Error;
                invariants.Add(new ProfileInvariant(severity, key, constraint.Child("human"u8).AsString() ?? "", expression));
            }
        }

        return invariants;
    }
}
