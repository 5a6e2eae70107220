using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Profiles;

/// <summary>What a profile asks of a value: its type, its bounds, its code, what it points to.</summary>
internal sealed partial class ProfileRun
{
    private const string SystemTypes = "http://hl7.org/fhirpath/";

    private void CheckType(Element element, IReadOnlyList<TypeChoice> types, string source)
    {
        if (element.Type is not { } type)
        {
            return;
        }

        var fitting = types.Where(t => t.Code.StartsWith(SystemTypes, StringComparison.Ordinal) || IsOf(type, t.Code)).ToList();
        if (fitting.Count == 0)
        {
            Report("structure", element, $"{source} allows {string.Join(", ", types.Select(t => t.Code).Distinct())} here; this is a {type.Name}.");
            return;
        }

        var urls = fitting.SelectMany(t => t.Profiles).ToList();
        if (urls.Count == 0 || fitting.Exists(t => t.Profiles.Count == 0) || type.Name == "Extension")
        {
            return; // extensions are checked by their own URL
        }

        if (urls is [var only] && profiles.Plan(only) is { } plan && depth < MostNested && IsOf(type, plan.Type.Name))
        {
            Into(element, Findings).Check(element, plan.Root, plan.Title);
        }
        else if (urls.TrueForAll(url => ConformsTo(element, url) == false))
        {
            Report("structure", element, $"{source} asks here for a {type.Name} that conforms to {string.Join(" or ", urls)}; this does not.");
        }
    }

    /// <summary>A code is no string here, and an Age no Quantity: only of resources does the abstract type stand for the others.</summary>
    internal static bool IsOf(TypeDefinition type, string code) => type.Name == code || type.Kind switch
    {
        TypeKind.Resource => type.Is(code),
        TypeKind.Backbone => code is "BackboneElement" or "Element",
        _ => false,
    };

    private void CheckBounds(Element element, PlanNode plan, string source)
    {
        if (plan.Least.Exists && Compare(element, plan.Least) is < 0)
        {
            Report("value", element, $"{source} asks for at least {Show(plan.Least)}; this is {Show(element)}.");
        }

        if (plan.Most.Exists && Compare(element, plan.Most) is > 0)
        {
            Report("value", element, $"{source} asks for at most {Show(plan.Most)}; this is {Show(element)}.");
        }

        if (plan.MaxLength is { } most && element.Kind == JsonKind.String && element.Text.Length > most && Encoding.UTF8.GetString(element.Text).EnumerateRunes().Count() is var length && length > most)
        {
            Report("too-long", element, $"{source} allows {most} characters; these are {length}.");
        }
    }

    private static int? Compare(Element value, Element bound)
    {
        try
        {
            return value.HasValue ? Ordering.Compare(PathValue.Of(value), PathValue.Of(bound), 0) : null;
        }
        catch (PathFault)
        {
            return null; // other units, or no order at all
        }
    }

    private void CheckBinding(Element element, BindingFacts binding, string source)
    {
        if (!element.HasValue || (binding.Strength != BindingStrength.Required && Findings.Least > IssueSeverity.Warning)
            || (element.Type?.Name == "CodeableConcept" && !element.Child("coding"u8).Exists && binding.Strength != BindingStrength.Required))
        {
            return; // what nobody asks for, or a concept in words
        }

        var required = binding.Strength == BindingStrength.Required;
        switch (IsFrom(element, binding.ValueSet))
        {
            case false:
                Report(
                    "code-invalid", element, $"{source} {(required ? "takes" : "prefers, where one fits,")} a code of the value set {binding.ValueSet} here; {Codes(element)} not in it.",
                    severity: required ? IssueSeverity.Error : IssueSeverity.Warning);
                break;
            case null:
                Report("incomplete", element, $"Whether {Codes(element)} in the value set {binding.ValueSet} is not known here.", severity: IssueSeverity.Information);
                break;
        }
    }

    /// <summary>Whether a code, a Coding, a Quantity or one of the codings of a concept is in a value set; null when that is not known.</summary>
    internal bool? IsFrom(Element element, string valueSet)
    {
        switch (element.Type?.Name)
        {
            case "CodeableConcept":
                bool? found = false;
                foreach (var coding in element.Named("coding"))
                {
                    // True or unknown is true, false or unknown is unknown.
                    found |= Coding(coding, valueSet);
                    if (found == true)
                    {
                        break;
                    }
                }

                return found;
            case "Coding" or "Quantity" or "Age" or "Count" or "Distance" or "Duration":
                return Coding(element, valueSet);
            default:
                return element.Kind == JsonKind.String ? Contains(valueSet, null, element.AsString()!) : null;
        }
    }

    private bool? Coding(Element coding, string valueSet) =>
        coding.Child("code"u8).AsString() is { } code ? Contains(valueSet, coding.Child("system"u8).AsString() ?? "", code) : false;

    private bool? Contains(string valueSet, string? system, string code) => budget.ValueSets?.Contains(valueSet, system, code) ?? profiles.Contains(valueSet, system, code);

    private static string Codes(Element element)
    {
        var codes = new List<string>();
        void Add(Element coding) => codes.Add($"{coding.Child("system"u8).AsString()}|{coding.Child("code"u8).AsString()}");
        foreach (var coding in element.Named("coding"))
        {
            Add(coding);
        }

        if (codes.Count == 0 && element.Kind == JsonKind.Object && element.Child("code"u8).Exists)
        {
            Add(element);
        }

        var text = element.Kind == JsonKind.String ? $"'{element.AsString()}'" : codes.Count == 0 ? "no code" : string.Join(", ", codes.Take(5));
        return (text.Length <= 200 ? text : text[..200] + "…") + " is";
    }

    private void CheckTarget(Element element, IReadOnlyList<string> targets, string source)
    {
        if (element.Type?.Name != "Reference")
        {
            return;
        }

        if (Resolve(element) is { Exists: true } target)
        {
            if (targets.All(url => ConformsTo(target, url) == false))
            {
                Report("structure", element, $"{source} lets this refer to {Names(targets)}; the {target.Type?.Name} it refers to is none of these, or does not conform to their profiles.");
            }
        }
        else if (ReferenceTarget.TypeOf(element) is { } type && targets.All(url => MayBe(type, url) == false))
        {
            Report("structure", element, $"{source} lets this refer to {Names(targets)}; it refers to a {type.Name}.");
        }
    }

    private bool? MayBe(TypeDefinition type, string url) =>
        profiles.TypeOf(url) is { } expected ? type.Is(expected.Name) : null;

    private static string Names(IReadOnlyList<string> urls) => string.Join(", ", urls.Select(u => u.StartsWith(ProfileSet.BasePrefix, StringComparison.Ordinal) ? u[ProfileSet.BasePrefix.Length..] : u));

    /// <summary>The contained resource, or the entry of the bundle, that a reference means; nothing when it is elsewhere.</summary>
    internal Element Resolve(Element reference)
    {
        var text = reference.Kind == JsonKind.Object ? reference.Child("reference"u8).AsString() : reference.AsString();
        if (text is null)
        {
            return default;
        }

        return text.StartsWith('#') ? ReferenceTarget.Local(root, text) : bundle.Exists ? budget.Entries(bundle).Find(text) : default;
    }
}
