using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Views.Plan;

namespace Salus.Fhir.Views;

/// <summary>Runs a <see cref="View"/> over one resource after the other. Reusable; one thread at a time.</summary>
public sealed class ViewRun
{
    private readonly View view;
    private readonly PathCollection conditions = new();

    internal ViewRun(View view, PathContext context)
    {
        this.view = view;
        State = new RunState(view, context);
    }

    internal RunState State { get; }

    /// <summary>
    /// Gives the rows of a resource to <paramref name="rows"/>: none when it is of another type, or when the view's conditions leave it out.
    /// False, with the element of the view and the resource in the issue, when the view does not fit the resource; some of its rows may have been given by then.
    /// </summary>
    public bool TryAdd(Element resource, IViewRows rows, [NotNullWhen(false)] out Issue? issue)
    {
        issue = null;
        if (resource.Type != view.ResourceType)
        {
            return true;
        }

        try
        {
            State.Start(resource, rows);
            if (Included())
            {
                view.First.Run(State);
            }

            return true;
        }
        catch (ViewFault fault)
        {
            issue = fault.Issue with { Message = $"{fault.Issue.Message} ({view.ResourceType.Name}/{resource.Child("id"u8).AsString() ?? "without id"})" };
            return false;
        }
    }

    /// <summary>The same for all resources in a Bundle, unless Bundles are what the view is about; any other resource is taken as it is.</summary>
    public bool TryAddAll(Element resource, IViewRows rows, out int resources, [NotNullWhen(false)] out Issue? issue)
    {
        resources = 0;
        foreach (var one in Resources(resource))
        {
            resources++;
            if (!TryAdd(one, rows, out issue))
            {
                return false;
            }
        }

        issue = null;
        return true;
    }

    /// <summary>The resources in a Bundle, unless Bundles are what the view is about; of anything else the resource itself.</summary>
    public IReadOnlyList<Element> Resources(Element resource)
    {
        if (resource.Type is not { Name: "Bundle" } bundle || view.ResourceType == bundle)
        {
            return [resource];
        }

        var all = new List<Element>();
        foreach (var entry in resource.Named("entry"))
        {
            if (entry.Child("resource"u8) is { HasValue: true } inner)
            {
                all.Add(inner);
            }
        }

        return all;
    }

    private bool Included()
    {
        foreach (var (place, path) in view.Where)
        {
            conditions.Clear();
            State.Evaluate(path, 0, conditions, place);
            if (conditions.Count > 1 || (conditions.Count == 1 && !CellValue.TryBoolean(conditions[0], out _)))
            {
                throw new ViewFault("value", place, conditions.Count > 1
                    ? $"The condition '{path}' gives {conditions.Count} values; it has to be true or false. Ask with exists()"
                    : $"The condition '{path}' gives '{JsonNodes.Shorten(conditions[0].ToString())}'; it has to be true or false. Compare it, or ask with exists()");
            }

            if (conditions.Count == 0 || !new ViewCell(conditions[0]).Boolean)
            {
                return false;
            }
        }

        return true;
    }
}
