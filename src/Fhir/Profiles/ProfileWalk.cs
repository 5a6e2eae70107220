using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Profiles;

/// <summary>
/// Goes through a resource and all in it: checks each resource against the profiles that it claims, each extension against its definition, and codes
/// against the extensible value sets of R4 itself.
/// </summary>
internal sealed class ProfileWalk(ProfileSet profiles, Findings findings, PathContext outside, IValueSets? valueSets)
{
    private ProfileBudget budget = null!;
    private ProfileRun run = null!;
    private Element resource;
    private Element root;
    private Element bundle;

    /// <param name="start">The resource.</param>
    /// <param name="named">Profiles that the caller asks for, of this resource alone.</param>
    internal void Run(Element start, IReadOnlyList<string> named)
    {
        budget = new ProfileBudget(findings, start, valueSets);
        Resource(start, start, default, named);
    }

    private void Resource(Element element, Element container, Element around, IReadOnlyList<string> named)
    {
        var outer = (run, resource, root, bundle);
        (resource, root, bundle) = (element, container, element.Type?.Name == "Bundle" ? element : around);
        run = new ProfileRun(profiles, findings, outside, resource, root, bundle, budget);
        foreach (var url in named)
        {
            Against(url, claimed: false);
        }

        foreach (var claimed in element.Child("meta"u8).Named("profile"))
        {
            if (claimed.AsString() is { } url && !named.Contains(url))
            {
                Against(url, claimed: true);
            }
        }

        Children(element);
        (run, resource, root, bundle) = outer;
    }

    /// <param name="url">The profile.</param>
    /// <param name="claimed">Whether the resource claims it itself; otherwise the caller asks for it.</param>
    private void Against(string url, bool claimed)
    {
        if (profiles.Plan(url) is { } plan)
        {
            if (resource.Type?.Is(plan.Type.Name) == true)
            {
                run.Check(resource, plan.Root, plan.Title);
            }
            else
            {
                Add(IssueSeverity.Error, "structure", $"The profile {url} is about {plan.Type.Name}; this is a {resource.Type?.Name}.");
            }
        }
        else if (profiles.TypeOf(url) is not { } type)
        {
            Unknown(url, claimed);
        }
        else if (resource.Type?.Is(type.Name) != true)
        {
            Add(IssueSeverity.Error, "structure", $"The profile {url} is about {type.Name}; this is a {resource.Type?.Name}.");
        }
    }

    private void Unknown(string url, bool claimed)
    {
        if (!claimed)
        {
            Add(IssueSeverity.Error, "not-found", $"The profile {url} is not loaded, so nothing can be said of it. Load its package: salus packages load.");
        }
        else if (findings.Least <= IssueSeverity.Warning)
        {
            var message = $"The resource claims the profile {url}, which is not loaded: it was not checked.";
            findings.Add(new Issue(IssueSeverity.Warning, "not-found", message, $"{resource.Path}.meta.profile"));
        }
    }

    private void Add(IssueSeverity severity, string code, string message) => findings.Add(new Issue(severity, code, message, resource.Path));

    private void Children(Element element)
    {
        foreach (var child in element.Children)
        {
            if (findings.Full)
            {
                return;
            }

            var definition = child.Definition;
            if (definition is null)
            {
                continue;
            }

            if (child.Type is { Kind: TypeKind.Resource })
            {
                var contained = definition.Name == "contained";
                Resource(child, contained ? root : child, contained || resource.Type?.Name == "Bundle" ? bundle : default, []);
                continue;
            }

            if (definition.Type.Name == "Extension")
            {
                Extension(child, definition);
            }
            else if (definition.Binding == BindingStrength.Extensible && definition.ValueSet is { } valueSet && findings.Least <= IssueSeverity.Warning)
            {
                Extensible(child, definition, valueSet);
            }

            if (child.Kind == JsonKind.Object || child.Shadow >= 0)
            {
                Children(child);
            }
        }
    }

    private void Extension(Element extension, ElementDefinition definition)
    {
        // Inside an extension the names are its own; its definition is what checks them.
        if (extension.Child("url"u8).AsString() is not { } url || !url.Contains(':', StringComparison.Ordinal))
        {
            return;
        }

        if (profiles.Plan(url) is { Type.Name: "Extension" } plan)
        {
            run.Check(extension, plan.Root, plan.Title);
        }
        else if (definition.Name == "modifierExtension" && findings.Least <= IssueSeverity.Warning)
        {
            findings.Add(new Issue(
                IssueSeverity.Warning, "extension", $"The modifier extension {url} is not known here: it can change what the element around it means. Load the package that defines it: salus packages load.", extension.Path));
        }
        else if (findings.Least <= IssueSeverity.Information)
        {
            findings.Add(new Issue(IssueSeverity.Information, "extension", $"The extension {url} is not known here; its content was not checked.", extension.Path));
        }
    }

    private void Extensible(Element element, ElementDefinition definition, string valueSet)
    {
        if (element.Type?.Name == "CodeableConcept" && !element.Child("coding"u8).Exists)
        {
            return;
        }

        if (run.IsFrom(element, valueSet) == false)
        {
            findings.Add(new Issue(
                IssueSeverity.Warning, "code-invalid", $"{definition} takes a code of the value set {valueSet} where one fits; none of its codes is in it.", element.Path));
        }
    }
}
