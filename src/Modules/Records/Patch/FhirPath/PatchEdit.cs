using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Kernel;
using Salus.Records.Patch.Json;

namespace Salus.Records.Patch.FhirPath;

/// <summary>A resource under a FHIRPath Patch: the tree that is changed, and the text of it that paths are evaluated on.</summary>
internal sealed class PatchEdit(ReadOnlyMemory<byte> stored, FhirDefinitions definitions, PathContext context)
{
    private readonly JsonObject root = (JsonObject)JsonTree.Node(JsonTree.Parse(stored))!;

    public ReadOnlyMemory<byte> Utf8 { get; private set; } = stored;

    /// <summary>Null, or why the operation cannot be done; the document is then of no use.</summary>
    public Failure? Apply(PatchOperation operation)
    {
        if (!ResourceReader.TryRead(Utf8, definitions, out var document, out var issue))
        {
            return Refused(operation, issue.Message);
        }

        var selected = Select(operation, operation.Path, document);
        if (selected.Failed(out var wrong))
        {
            return wrong;
        }

        var refused = operation.Type switch
        {
            "add" => Add(operation, operation.Name!, selected.Value),
            "insert" => Insert(operation, document, selected.Value),
            "delete" => Delete(operation, selected.Value),
            "replace" => Replace(operation, selected.Value),
            _ => Move(operation, selected.Value),
        };
        Utf8 = JsonTree.ToUtf8(root);
        return refused;
    }

    private Outcome<List<Element>> Select(PatchOperation operation, string path, ResourceDocument document)
    {
        if (!Salus.Fhir.Paths.FhirPath.TryCompile(path, document.Definitions, document.Type, out var compiled, out var error))
        {
            return new Failure(FailureKind.Invalid, "invalid", $"The path '{path}' is not understood: {error}.", operation.Place);
        }

        var values = new PathCollection();
        if (!compiled.TryEvaluate(document.Root, values, out error, context))
        {
            return Refused(operation, $"The path cannot be evaluated on the resource: {error}.");
        }

        return values.Any(v => !v.IsElement) ? Refused(operation, "The path gives values, not elements of the resource; it has to select what is to be changed.") : values.Select(v => v.Element).ToList();
    }

    private Failure? Add(PatchOperation operation, string name, List<Element> selected)
    {
        if (selected is not [var parent])
        {
            return NotOne(operation, selected.Count);
        }

        // A primitive has an id and extensions and no other children.
        var type = parent.Type is { Kind: TypeKind.Primitive } ? definitions.Type("Element")! : parent.Type!;
        if (PatchPlace.Find(type, name, operation.Value!) is not { } element)
        {
            return Refused(operation, $"{type.Name} has no element '{name}' that takes {Kind(operation.Value!)}.");
        }

        var owner = parent.Definition is null ? root : PatchPlace.Of(root, parent.Path).Object();
        var place = new PatchPlace(owner, element.JsonName, null);
        if (!element.IsArray && Present(owner, type, element) is { } there)
        {
            return Refused(operation, $"{there} is there already; use replace.");
        }

        return Put(operation, element, element.IsArray ? place with { Index = place.Count } : place, replace: false);
    }

    private Failure? Insert(PatchOperation operation, ResourceDocument document, List<Element> selected)
    {
        if (selected.Count == 0)
        {
            // Nothing selected leads nowhere; the path without its last name leads to whose list it is.
            var dot = operation.Path.LastIndexOf('.');
            if (dot < 0 || operation.Index != 0)
            {
                return Refused(operation, $"The list is empty; there is no place {operation.Index} in it.");
            }

            var parents = Select(operation, operation.Path[..dot], document);
            return parents.Failed(out var wrong) ? wrong : Add(operation, operation.Path[(dot + 1)..], parents.Value);
        }

        var list = OneList(selected);
        return list is null || operation.Index > list.Count
            ? Refused(operation, list is null ? "The path does not select one list." : $"The list has {list.Count} items; there is no place {operation.Index} in it.")
            : Put(operation, selected[0].Definition!, list with { Index = operation.Index }, replace: false);
    }

    private Failure? Delete(PatchOperation operation, List<Element> selected)
    {
        if (selected.Count > 1)
        {
            return NotOne(operation, selected.Count);
        }

        if (selected is [var only])
        {
            if (only.Definition is null)
            {
                return Refused(operation, "The resource itself cannot be deleted by a patch; send DELETE.");
            }

            PatchPlace.Of(root, only.Path).Remove();
        }

        return null;
    }

    private Failure? Replace(PatchOperation operation, List<Element> selected)
    {
        if (selected is not [{ Definition: { } definition } only])
        {
            return selected is [_] ? Refused(operation, "The resource itself cannot be replaced by a patch; send it with PUT.") : NotOne(operation, selected.Count);
        }

        var place = PatchPlace.Of(root, only.Path);
        if (!definition.IsChoice)
        {
            return Put(operation, definition, place, replace: true);
        }

        if (PatchPlace.Find(definition.Owner, definition.Name, operation.Value!) is not { } chosen)
        {
            return Refused(operation, $"{definition.Owner.Name}.{definition.Name} does not take {Kind(operation.Value!)}.");
        }

        if (chosen.JsonName != definition.JsonName)
        {
            place.Set(null, null);
        }

        return Put(operation, chosen, place with { Property = chosen.JsonName }, replace: true);
    }

    private Failure? Move(PatchOperation operation, List<Element> selected)
    {
        var list = OneList(selected);
        if (list is null)
        {
            return Refused(operation, "The path does not select a list.");
        }

        if (operation.Source >= list.Count || operation.Destination >= list.Count)
        {
            return Refused(operation, $"The list has {list.Count} items; source and destination are places in it, from 0.");
        }

        (list with { Index = operation.Source }).Move(operation.Destination!.Value);
        return null;
    }

    private static Failure? Put(PatchOperation operation, ElementDefinition element, PatchPlace place, bool replace)
    {
        var (value, shadow, unknown) = operation.Value!.For(element);
        if (unknown is not null)
        {
            return Refused(operation, $"There is no element {unknown} that takes the part's value.");
        }

        if (replace)
        {
            place.Set(value, shadow);
        }
        else
        {
            place.Insert(value, shadow);
        }

        return null;
    }

    // The list that all these are items of; null when they are not, or do not repeat.
    private PatchPlace? OneList(List<Element> selected)
    {
        var places = selected.Where(e => e.Definition is not null).Select(e => PatchPlace.Of(root, e.Path)).ToList();
        return places.Count > 0 && places.Count == selected.Count && places.TrueForAll(p => p.Index is not null && p.Owner == places[0].Owner && p.Property == places[0].Property)
            ? places[0]
            : null;
    }

    // The name of a value that stands where the new one would; of a choice, of whatever type.
    private static string? Present(JsonObject owner, TypeDefinition type, ElementDefinition element)
    {
        foreach (var other in type.Elements)
        {
            if (other.Slot == element.Slot && new PatchPlace(owner, other.JsonName, null).Exists)
            {
                return $"{type.Name}.{other.JsonName}";
            }
        }

        return null;
    }

    private static string Kind(PatchValue value) => value.Suffix.Length > 0 ? $"a {value.Suffix}" : value.Parts is null ? "a resource" : "parts";

    private static Failure NotOne(PatchOperation operation, int count) => Refused(operation, $"The path selects {count} elements; {operation.Type} takes one.");

    private static Failure Refused(PatchOperation operation, string message) => new(FailureKind.Unprocessable, "processing", $"{operation}: {message}", operation.Place);
}
