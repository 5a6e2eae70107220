using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Records.GraphQl;

/// <summary>
/// Puts the fields of a selection into the answer, as far as they stand in what is loaded; what is not yet is noted in <see cref="Resources"/> and <see cref="Searches"/>. For one request.
/// </summary>
internal sealed class Expansion(Planner planner, FhirDefinitions definitions, Budget budget, string address, ErrorList errors)
{
    private readonly TargetReader targets = new(definitions, address);

    /// <summary>What waits for resources, in the order of the answer. Taken out by who loads them.</summary>
    public List<PendingResource> Resources { get; } = [];

    /// <summary>What waits for searches.</summary>
    public List<PendingSearch> Searches { get; } = [];

    /// <summary>The fields of an element.</summary>
    public void Expand(Focus focus, SelectionPlan plan, OutObject into, Place place)
    {
        foreach (var field in plan.Fields)
        {
            switch (field.Kind)
            {
                case FieldKind.TypeName:
                    Add(field, into, place, false, "string", field.Name == "resourceType" ? focus.Element.Type!.Name : plan.Scope.Name);
                    break;
                case FieldKind.Element:
                    Elements(field, focus, into, place);
                    break;
                case FieldKind.Shadow:
                    Shadows(field, focus, into, place);
                    break;
                case FieldKind.Target:
                    Target(field, focus, into, place);
                    break;
                case FieldKind.List or FieldKind.Connection when focus.Stored is { } owner:
                    Search(field, owner, into, place);
                    break;
                case FieldKind.List:
                    // Nothing in the record refers to what is contained in a resource.
                    Entry(field, into, place, isList: true, field.Search!.Type.Name, place.Suffix);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What is selected in a field that has one type.</summary>
    public SelectionPlan Plan(PlannedField field, Scope scope, int depth) => planner.Of(field.Inside[0].Sets, scope, depth);

    /// <summary>Makes a field a list, also where nothing comes.</summary>
    public void List(PlannedField field, OutObject into, Place place)
    {
        if (field.Shape is { Flatten: false, Slice: null, First: false })
        {
            Entry(field, into, place, isList: true, $"{field.Name}", place.Suffix).Type = null;
        }
    }

    /// <summary>Notes a search, and keeps its place.</summary>
    public void Search(PlannedField field, (string Type, string Id)? owner, OutObject into, Place place)
    {
        if (field.Shape is { Flatten: false, Slice: null })
        {
            Entry(field, into, place, field.Kind == FieldKind.List && !field.Shape.First, field.Kind == FieldKind.List ? field.Search!.Type.Name : $"{field.Search!.Type.Name}Connection", place.Suffix);
        }

        Searches.Add(new PendingSearch(field, owner, into, place));
    }

    /// <summary>Notes a resource, and keeps its place.</summary>
    public void Load(PlannedField field, Read.VersionName name, OutObject into, Place place)
    {
        OutSlot? slot = null;
        if (field.Shape is { Flatten: false, Slice: null })
        {
            // Of which type it is shows when it is there.
            AddTo(Entry(field, into, place, false, "Resource", place.Suffix), field, place, slot = new OutSlot());
        }

        Resources.Add(new PendingResource(field, name, into, slot, place with { Path = new PathStep(place.Path, field.Key) }));
    }

    /// <summary>Puts a resource that was waited for, or that stands in the same one, into its place. Nothing when no part of the selection is about its type.</summary>
    /// <param name="place">Of the field itself.</param>
    public void Put(PlannedField field, Focus focus, OutObject into, OutSlot? slot, Place place)
    {
        var type = focus.Element.Type!;
        var sets = field.Inside.Where(i => i.Type.Length == 0 || i.Type == type.Name).SelectMany(i => i.Sets.Sets).ToList();
        if (sets.Count > 0)
        {
            var plan = planner.Of(new SelectionSets(sets), new Scope(ScopeKind.Type, type), place.Depth + 1);
            Value(field, focus, into, slot, place, false, "Resource", (of, at) => Expand(focus, plan, of, at), 0);
        }
    }

    /// <summary>Puts one value with fields into its place: an object of its own, or with <c>@flatten</c> its fields.</summary>
    /// <param name="focus">What <c>@slice</c> asks.</param>
    /// <param name="place">Of the value itself.</param>
    /// <param name="fill">Puts the fields into an object.</param>
    /// <param name="index">Its place among its neighbours.</param>
    public void Value(PlannedField field, Focus focus, OutObject into, OutSlot? slot, Place place, bool isList, string type, Action<OutObject, Place> fill, int index)
    {
        var suffix = place.Suffix + Sliced(field, focus.Element, index, place.Path);
        if (field.Shape.Flatten)
        {
            fill(into, new Place(place.Path, place.List || (isList && !field.Shape.First), suffix, place.Depth + 1));
            return;
        }

        var value = new OutObject();
        budget.TakeAnswer(field.Key.Length + suffix.Length + 6);
        if (slot is not null)
        {
            slot.Value = value;
        }
        else
        {
            AddTo(Entry(field, into, place, isList && !field.Shape.First, type, suffix), field, place, value);
        }

        fill(value, new Place(place.Path, false, "", place.Depth + 1));
    }

    /// <summary>Puts a single value into the answer.</summary>
    /// <param name="place">Of what the field stands in.</param>
    public void Add(PlannedField field, OutObject into, Place place, bool isList, string type, object? value)
    {
        budget.TakeAnswer(field.Key.Length + place.Suffix.Length + 6 + (value switch { Element element => element.RawUtf8.Length, string text => text.Length, _ => 8 }));
        AddTo(Entry(field, into, place, isList && !field.Shape.First, type, place.Suffix), field, place, value);
    }

    /// <summary>Says what is wrong with a field, whose value is null then.</summary>
    /// <param name="place">Of what the field stands in.</param>
    public void Refuse(PlannedField field, OutObject into, Place place, string code, string message)
    {
        errors.Add(field, new PathStep(place.Path, field.Key), code, message);
        Null(into.Entry(field.Key + place.Suffix));
    }

    private void Elements(PlannedField field, Focus focus, OutObject into, Place place)
    {
        var items = Children(focus.Element, field.Element!);
        if (items.Count == 0)
        {
            return;
        }

        if (field.Filter is { } filter)
        {
            if (filter.Of(items, budget, out var wrong) is not { } selected)
            {
                Refuse(field, into, place, "processing", $"The fhirpath of '{field.Name}' fits not what is there: {wrong}");
                return;
            }

            items = selected;
        }

        var many = field.Element!.IsArray;
        var path = new PathStep(place.Path, field.Key);
        for (var i = 0; i < (field.Shape.First ? Math.Min(1, items.Count) : items.Count); i++)
        {
            var item = items[i];
            if (field.Inside.Count > 0)
            {
                Complex(field, focus, item, into, place with { Path = many ? new PathStep(path, i) : path }, i);
            }
            else if (item.HasValue || many)
            {
                var at = place with { Suffix = place.Suffix + Sliced(field, item, i, path) };
                Add(field, into, at, many, field.Element.Type.Name, item.HasValue ? item : null);
            }
        }
    }

    private void Complex(PlannedField field, Focus focus, Element item, OutObject into, Place place, int index)
    {
        var (element, type) = (field.Element!, item.Type ?? field.Element!.Type);
        if (item.Kind != JsonKind.Object || type is { Kind: TypeKind.Resource, IsAbstract: true })
        {
            return;
        }

        var scope = new Scope(ScopeKind.Type, type) { Targets = type.Name == "Reference" ? element.Targets : [] };
        var plan = planner.Of(field.Inside[0].Sets, scope, place.Depth + 1);
        var inner = new Focus(item, type.Kind == TypeKind.Resource && element.JsonName != "contained" ? item : focus.Container, null);
        Value(field, inner, into, null, place, element.IsArray, element.Type.Name, (of, at) => Expand(inner, plan, of, at), index);
    }

    private void Shadows(PlannedField field, Focus focus, OutObject into, Place place)
    {
        var items = Children(focus.Element, field.Element!);
        if (!items.Exists(HasChildren))
        {
            return;
        }

        var plan = planner.Of(field.Inside[0].Sets, new Scope(ScopeKind.Shadow, definitions.Type("Element")), place.Depth + 1);
        var path = new PathStep(place.Path, field.Key);
        for (var i = 0; i < (field.Shape.First ? 1 : items.Count); i++)
        {
            var inner = new Focus(items[i], focus.Container, null);
            if (HasChildren(items[i]))
            {
                Value(field, inner, into, null, place with { Path = field.Element!.IsArray ? new PathStep(path, i) : path }, field.Element.IsArray, "Element", (of, at) => Expand(inner, plan, of, at), i);
            }
            else if (!field.Shape.Flatten)
            {
                // As in FHIR's JSON: what has no extensions keeps its place in the list.
                Add(field, into, place, field.Element!.IsArray, "Element", null);
            }
        }
    }

    private void Target(PlannedField field, Focus focus, OutObject into, Place place)
    {
        var target = targets.Of(focus);
        var type = target.Inside.Exists ? target.Inside.Type?.Name : target.Name?.Type;
        if (type is not null && !field.Inside.Any(i => i.Type.Length == 0 || i.Type == type))
        {
            return;
        }

        if (target.Inside.Exists)
        {
            Put(field, new Focus(target.Inside, focus.Container, null), into, null, place with { Path = new PathStep(place.Path, field.Key) });
        }
        else if (target.Name is { } name)
        {
            Load(field, name, into, place);
        }
        else if (!field.Optional)
        {
            Refuse(field, into, place, "not-found", $"{target.Wrong} With resource(optional: true) it is left out.");
        }
    }

    private string Sliced(PlannedField field, Element element, int index, PathStep? path)
    {
        if (field.Shape.Slice is not { } slice || !element.Exists)
        {
            return "";
        }

        var into = new PathCollection();
        var wrong = budget.Evaluate(slice, element, index, into)?.ToString() ?? (into.Count > 1 ? "it gives several items." : null);
        if (wrong is not null)
        {
            errors.Add(field, path, "processing", $"The fhirpath of @slice at '{field.Name}' gives no name: {wrong}");
        }

        return wrong is null && into.Count == 1 ? $".{into[0]}" : "";
    }

    private OutEntry Entry(PlannedField field, OutObject into, Place place, bool isList, string type, string suffix)
    {
        var entry = into.Entry(field.Key + suffix);
        if (entry.Type is { } other && other != type && !entry.IsRefused)
        {
            // http://hl7.org/fhir/R4/graphql.html#flattening: collated children must have the same FHIR type.
            errors.Add(field, new PathStep(place.Path, field.Key + suffix), "processing", $"@flatten brings values of the types {other} and {type} together as '{field.Key + suffix}'. Give one of them an alias.");
            Null(entry);
        }

        entry.Type = type;
        entry.IsList |= !field.Shape.Singleton && !entry.IsRefused && (isList || place.List);
        return entry;
    }

    private void AddTo(OutEntry entry, PlannedField field, Place place, object? value)
    {
        if (entry.IsRefused)
        {
            return;
        }

        if (entry.Values.Count > 0 && field.Shape.Singleton)
        {
            errors.Add(field, new PathStep(place.Path, field.Key), "processing", $"'{field.Key}' has several values, and @singleton asks for one. Take it away, or select one with an argument or @first.");
            Null(entry);
            return;
        }

        entry.Values.Add(value);
        entry.IsList |= entry.Values.Count > 1;
    }

    private static void Null(OutEntry entry)
    {
        entry.Values.Clear();
        entry.Values.Add(null);
        (entry.IsList, entry.IsRefused) = (false, true);
    }

    private static List<Element> Children(Element of, ElementDefinition definition)
    {
        var items = new List<Element>();
        foreach (var child in of.Children)
        {
            if (child.Definition?.JsonName == definition.JsonName)
            {
                items.Add(child);
            }
        }

        return items;
    }

    private static bool HasChildren(Element element) => element.Children.MoveNext();
}
