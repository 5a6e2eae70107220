using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Salus.Kernel;

namespace Salus.Records.GraphQl;

/// <summary>A document that was parsed, and the operation of it that is run (https://spec.graphql.org/October2021/#sec-Executing-Requests).</summary>
internal sealed class QueryDocument
{
    // A field is two nodes of the parser, and so is a value in a value; what is deeper overflows no stack.
    private const int ParserDepth = 120;

    private readonly Dictionary<string, GraphQLFragmentDefinition> fragments = new(StringComparer.Ordinal);

    private QueryDocument(ROM source, GraphQLOperationDefinition operation) => (Source, Operation) = (source, operation);

    /// <summary>The text, for places in it.</summary>
    public ROM Source { get; }

    public GraphQLOperationDefinition Operation { get; }

    public IReadOnlyDictionary<string, GraphQLFragmentDefinition> Fragments => fragments;

    /// <summary>Parses, and finds the operation.</summary>
    /// <exception cref="GraphQlFault">It is no GraphQL, has no such operation, changes something, or has fragments that use themselves.</exception>
    public static QueryDocument Parse(string text, string? operation)
    {
        GraphQLDocument parsed;
        try
        {
            parsed = Parser.Parse(text, new ParserOptions { MaxDepth = ParserDepth });
        }
        catch (GraphQLMaxDepthExceededException e)
        {
            throw new GraphQlFault(FailureKind.TooCostly, new GraphQlError("too-costly", $"The document is nested deeper than {ParserDepth} levels of the grammar, two for a field. Ask in parts.", e.Location.Line, e.Location.Column));
        }
        catch (GraphQLSyntaxErrorException e)
        {
            throw new GraphQlFault(FailureKind.Invalid, new GraphQlError("structure", $"The document is not GraphQL: {e.Description.TrimEnd('.')}.", e.Location.Line, e.Location.Column));
        }

        var operations = parsed.Definitions.OfType<GraphQLOperationDefinition>().ToList();
        var document = new QueryDocument(text, Choose(operations, operation, text));
        if (parsed.Definitions.Find(d => d is not (GraphQLOperationDefinition or GraphQLFragmentDefinition)) is { } other)
        {
            throw Wrong(other, text, "structure", "A document has operations and fragments; types are defined by FHIR.");
        }

        foreach (var fragment in parsed.Definitions.OfType<GraphQLFragmentDefinition>())
        {
            if (!document.fragments.TryAdd(fragment.FragmentName.Name.StringValue, fragment))
            {
                throw Wrong(fragment, text, "duplicate", $"The fragment '{fragment.FragmentName.Name.StringValue}' is defined twice. Rename one of them.");
            }
        }

        document.RefuseCycles();
        return document;
    }

    private static GraphQLOperationDefinition Choose(List<GraphQLOperationDefinition> operations, string? name, ROM source)
    {
        if (operations.GroupBy(o => o.Name?.StringValue).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw Wrong(same.Last(), source, "duplicate", same.Key is null ? "An operation without a name stands alone in its document. Name them all." : $"The operation '{same.Key}' is defined twice. Rename one of them.");
        }

        var names = string.Join(", ", operations.Select(o => o.Name?.StringValue ?? "one without a name"));
        var chosen = (name, operations) switch
        {
            (_, []) => throw GraphQlFault.Invalid("The document has no operation, such as {Patient(id:\"1\"){id}}."),
            (null, [var only]) => only,
            (null, _) => throw GraphQlFault.Invalid($"The document has several operations: {names}. Name one of them in operationName."),
            _ => operations.Find(o => o.Name?.StringValue == name) ?? throw GraphQlFault.Invalid($"The document has no operation '{name}'. It has: {names}."),
        };
        return chosen.Operation == OperationType.Query ? chosen : throw Wrong(
            chosen, source, "not-supported", $"A {chosen.Operation.ToString().ToLowerInvariant()} is not supported: $graphql reads. {(chosen.Operation == OperationType.Mutation ? "Write with POST, PUT, PATCH and DELETE of resources." : "Be told of changes by a Subscription.")}");
    }

    // What no fragment is left to wait for is taken away, until only circles are left.
    private void RefuseCycles()
    {
        var uses = fragments.ToDictionary(f => f.Key, f => Spreads(f.Value.SelectionSet).Where(fragments.ContainsKey).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        while (uses.FirstOrDefault(u => u.Value.Count == 0) is { Key: { } done })
        {
            uses.Remove(done);
            foreach (var other in uses.Values)
            {
                other.Remove(done);
            }
        }

        if (uses.Count > 0)
        {
            throw Wrong(fragments[uses.First().Key], Source, "structure", $"Fragments use themselves: {string.Join(", ", uses.Keys.Order(StringComparer.Ordinal).Take(10))}. A query has to end.");
        }
    }

    private static IEnumerable<string> Spreads(GraphQLSelectionSet set) => set.Selections.SelectMany(s => s switch
    {
        GraphQLFragmentSpread spread => [spread.FragmentName.Name.StringValue],
        GraphQLField { SelectionSet: { } inner } => Spreads(inner),
        GraphQLInlineFragment inline => Spreads(inline.SelectionSet),
        _ => Enumerable.Empty<string>(),
    });

    private static GraphQlFault Wrong(ASTNode node, ROM source, string code, string message) => new(FailureKind.Invalid, GraphQlError.At(node, source, code, message));
}
