using System.Text;
using GraphQLParser.AST;
using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;

namespace Salus.Records.GraphQl;

/// <summary>What one field means for one type, or why it means nothing.</summary>
internal sealed class FieldPlanner(VariableValues variables, SearchFields searches, FhirDefinitions definitions)
{
    private static readonly string[] OfConnection = ["count", "offset", "pagesize", "pageSize", "first", "previous", "next", "last", "edges"];
    private static readonly string[] OfEdge = ["mode", "score", "resource"];

    /// <summary>The field that nodes with the same key are put together to (https://spec.graphql.org/October2021/#sec-Field-Selection-Merging).</summary>
    /// <exception cref="ArgumentFault">It means nothing for the type.</exception>
    public PlannedField Of(string key, List<GraphQLField> nodes, Scope scope, Shape shape)
    {
        var field = Of(key, nodes[0], scope) with { Shape = shape };
        foreach (var other in nodes.Skip(1))
        {
            field = Together(field, Of(key, other, scope), nodes[0], other);
        }

        return field;
    }

    /// <summary>The types that a value of a field may be of, as what its fields are fields of.</summary>
    /// <param name="type">The only one that was asked for; empty for any.</param>
    public static IEnumerable<Scope> ScopesIn(PlannedField field, Scope scope, string type, FhirDefinitions definitions) => field switch
    {
        { Kind: FieldKind.Shadow } => [new Scope(ScopeKind.Shadow, definitions.Type("Element"))],
        { Kind: FieldKind.List or FieldKind.Read } => [new Scope(ScopeKind.Type, field.Search?.Type ?? definitions.Resource(field.Name))],
        { Kind: FieldKind.Connection } => [new Scope(ScopeKind.Connection, field.Search!.Type)],
        { Kind: FieldKind.Part, Name: "edges" } => [new Scope(ScopeKind.Edge, scope.Type)],
        { Kind: FieldKind.Part } => [new Scope(ScopeKind.Type, scope.Type)],
        { Kind: FieldKind.Target } when type.Length > 0 => [new Scope(ScopeKind.Type, definitions.Resource(type))],
        { Kind: FieldKind.Target } when scope.Targets.Count > 0 && !scope.Targets.Contains("Resource") => scope.Targets.Select(t => new Scope(ScopeKind.Type, definitions.Resource(t))),
        { Kind: FieldKind.Target } or { Element.Type: { Kind: TypeKind.Resource, IsAbstract: true } } => definitions.ResourceTypes.Select(t => new Scope(ScopeKind.Type, t)),
        _ => [new Scope(ScopeKind.Type, field.Element!.Type) { Targets = field.Element.Type.Name == "Reference" ? field.Element.Targets : [] }],
    };

    private PlannedField Of(string key, GraphQLField node, Scope scope)
    {
        var name = node.Name.StringValue;
        var arguments = new Arguments(name, node.Arguments, variables);
        var field = name switch
        {
            "__typename" => new PlannedField(FieldKind.TypeName, key, name, node),
            "__schema" or "__type" => throw new ArgumentFault($"There is no introspection ('{name}'): the types and fields are those of FHIR R4, by their JSON names, and the arguments of searches the search parameters in /fhir/metadata."),
            _ => scope.Kind switch
            {
                ScopeKind.System => OfSystem(key, name, node, arguments),
                ScopeKind.Connection => Part(key, name, node, OfConnection, scope),
                ScopeKind.Edge => Part(key, name, node, OfEdge, scope),
                _ => OfType(key, name, node, scope, arguments),
            },
        };
        arguments.Done(field is { Kind: FieldKind.Element, Inside.Count: 0 } ? "A primitive element takes none." : field.Kind == FieldKind.Target ? "It takes 'type' and 'optional'." : field.Kind == FieldKind.Read ? "It takes 'id'." : "It takes none.");
        return field;
    }

    private PlannedField OfSystem(string key, string name, GraphQLField node, Arguments arguments)
    {
        if (definitions.Resource(name) is not null)
        {
            var id = arguments.Text("id") ?? throw new ArgumentFault($"{name} takes 'id': {name}(id: \"1\"). {name}List and {name}Connection search.");
            return new PlannedField(FieldKind.Read, key, name, node) { Id = id, Inside = Selected(node, name) };
        }

        return Searched(key, name, node, null, arguments) ?? throw new ArgumentFault(
            $"There is no field '{name}' at the level of the system; there are the resource types, as Patient(id: \"1\"), PatientList(...) and PatientConnection(...).{Near(name, definitions.ResourceTypes.SelectMany(t => new[] { t.Name, t.Name + "List", t.Name + "Connection" }))}");
    }

    private static PlannedField Part(string key, string name, GraphQLField node, string[] known, Scope scope)
    {
        if (!known.Contains(name))
        {
            throw new ArgumentFault($"{scope.Name} has no field '{name}'.{Near(name, known)} Those are {string.Join(", ", known)}.");
        }

        return name is "edges" or "resource" ? new PlannedField(FieldKind.Part, key, name, node) { Inside = Selected(node, name) } : new PlannedField(FieldKind.Part, key, name, Leaf(node, name));
    }

    private PlannedField OfType(string key, string name, GraphQLField node, Scope scope, Arguments arguments)
    {
        var type = scope.Type!;
        if (name[0] == '_' && type.Find(Encoding.UTF8.GetBytes(name[1..])) is { Type.Kind: TypeKind.Primitive } primitive)
        {
            return new PlannedField(FieldKind.Shadow, key, name, node) { Element = primitive, Inside = Selected(node, name) };
        }

        if (type.Find(Encoding.UTF8.GetBytes(name)) is { } element)
        {
            return element.Type.Kind == TypeKind.Primitive
                ? new PlannedField(FieldKind.Element, key, name, Leaf(node, name)) { Element = element }
                : new PlannedField(FieldKind.Element, key, name, node) { Element = element, Inside = Selected(node, name), Filter = ListFilter.Of(arguments, name, element.Type, definitions) };
        }

        return (type, name) switch
        {
            ({ Kind: TypeKind.Resource }, "resourceType") => new PlannedField(FieldKind.TypeName, key, name, Leaf(node, name)),
            ({ Name: "Reference" }, "resource") => Target(key, node, scope, arguments),
            ({ Kind: TypeKind.Resource }, _) when Searched(key, name, node, type, arguments) is { } search => search,
            _ => throw Unknown(name, scope),
        };
    }

    private PlannedField Target(string key, GraphQLField node, Scope scope, Arguments arguments)
    {
        var type = arguments.Text("type") ?? "";
        if (type.Length > 0 && definitions.Resource(type) is null)
        {
            throw new ArgumentFault($"The argument 'type' of resource is '{type}', which is no resource type of R4.{Near(type, definitions.ResourceTypes.Select(t => t.Name))}");
        }

        return type.Length > 0 && scope.Targets.Count > 0 && !scope.Targets.Contains("Resource") && !scope.Targets.Contains(type)
            ? throw new ArgumentFault($"The reference never leads to {type}: it leads to {string.Join(", ", scope.Targets)}.")
            : new PlannedField(FieldKind.Target, key, "resource", node) { Optional = arguments.Truth("optional") ?? false, Inside = [(type, Selected(node, "resource")[0].Sets)] };
    }

    private PlannedField? Searched(string key, string name, GraphQLField node, TypeDefinition? below, Arguments arguments) => searches.Find(name) is not var (type, pages) ? null
        : new PlannedField(pages ? FieldKind.Connection : FieldKind.List, key, name, node) { Search = searches.Read(name, type, pages, below, arguments), Inside = Selected(node, name) };

    // Two that ask for different things cannot stand under one key; a Target may, apart by its type.
    private PlannedField Together(PlannedField one, PlannedField two, GraphQLField first, GraphQLField second)
    {
        var targets = one.Kind == FieldKind.Target && two.Kind == FieldKind.Target;
        if (one.Name != two.Name || Text(first.Directives) != Text(second.Directives) || (targets ? one.Optional != two.Optional : new Arguments(one.Name, first.Arguments, variables).ToString() != new Arguments(two.Name, second.Arguments, variables).ToString()))
        {
            throw new ArgumentFault($"'{one.Key}' stands for two different things: {first.Name.StringValue} and {second.Name.StringValue} with other arguments or directives. Give one of them an alias: other: {second.Name.StringValue}.");
        }

        if (!targets)
        {
            return one.Inside.Count == 0 ? one : one with { Inside = [("", new SelectionSets([.. one.Inside[0].Sets.Sets, .. two.Inside[0].Sets.Sets]))] };
        }

        var (type, sets) = two.Inside[0];
        return one.Inside.Any(i => i.Type == type)
            ? one with { Inside = [.. one.Inside.Select(i => i.Type == type ? (type, new SelectionSets([.. i.Sets.Sets, .. sets.Sets])) : i)] }
            : one with { Inside = [.. one.Inside, (type, sets)] };
    }

    private string Text(GraphQLDirectives? on) => string.Join(' ', (on?.Items ?? []).Where(d => d.Name.StringValue is not ("include" or "skip")).OrderBy(d => d.Name.StringValue, StringComparer.Ordinal)
        .Select(d => $"{d.Name.StringValue}({new Arguments(d.Name.StringValue, d.Arguments, variables)})"));

    private static ArgumentFault Unknown(string name, Scope scope)
    {
        var names = scope.Type!.Elements.ToArray().Select(e => e.JsonName).ToList();
        var near = NearestName.Find(name, names);
        var choice = names.Where(n => n.Length > name.Length && n.StartsWith(name, StringComparison.Ordinal) && char.IsAsciiLetterUpper(n[name.Length])).Take(12).ToList();
        return new ArgumentFault($"{scope.Name} has no field '{name}'." + (near is not null ? $" Is '{near}' meant?" : choice.Count > 0 ? $" A choice is asked for by its JSON name: {string.Join(", ", choice)}." : $" It has {string.Join(", ", names.Take(40))}."));
    }

    private static IReadOnlyList<(string Type, SelectionSets Sets)> Selected(GraphQLField node, string name) => node.SelectionSet is { } set
        ? [("", new SelectionSets([set]))] : throw new ArgumentFault($"'{name}' has fields: say which, as {name} {{ ... }}.");

    private static GraphQLField Leaf(GraphQLField node, string name) => node.SelectionSet is null ? node : throw new ArgumentFault($"'{name}' is a single value and has no fields: leave out the braces behind it.");

    private static string Near(string name, IEnumerable<string> names) => NearestName.Find(name, names) is { } near ? $" Is '{near}' meant?" : "";
}
