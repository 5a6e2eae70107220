using GraphQLParser.AST;
using Salus.Fhir.Definitions;

namespace Salus.Records.GraphQl;

/// <summary><c>@include</c> and <c>@skip</c> of GraphQL, and those of FHIR that shape the answer (http://hl7.org/fhir/R4/graphql.html#flattening).</summary>
internal sealed class Directives(VariableValues variables, FhirDefinitions definitions)
{
    private const string All = "Known are @include, @skip, @flatten, @first, @singleton and @slice.";

    /// <summary>Whether a field or fragment is there at all. A fragment takes no other directives.</summary>
    /// <exception cref="ArgumentFault">A directive is not understood.</exception>
    public bool IsIncluded(ASTNode node)
    {
        var included = true;
        foreach (var directive in ((IHasDirectivesNode)node).Directives?.Items ?? [])
        {
            var name = directive.Name.StringValue;
            if (name is not ("include" or "skip"))
            {
                if (node is not GraphQLField)
                {
                    throw new ArgumentFault($"A fragment takes @include and @skip, not @{name}. Put it at the fields.");
                }

                continue;
            }

            var arguments = new Arguments($"@{name}", directive.Arguments, variables);
            var condition = arguments.Truth("if") ?? throw new ArgumentFault($"@{name} takes 'if', true or false.");
            arguments.Done("It takes 'if'.");
            included &= condition == (name == "include");
        }

        return included;
    }

    /// <summary>How a field goes into the answer.</summary>
    /// <exception cref="ArgumentFault">A directive is not understood.</exception>
    public Shape ShapeOf(GraphQLField field, Scope scope)
    {
        var shape = default(Shape);
        foreach (var group in (field.Directives?.Items ?? []).GroupBy(d => d.Name.StringValue))
        {
            var directive = group.First();
            if (group.Count() > 1)
            {
                throw new ArgumentFault($"@{group.Key} stands twice at '{field.Name.StringValue}'.");
            }

            if (group.Key is "include" or "skip")
            {
                continue;
            }

            var arguments = new Arguments($"@{group.Key}", directive.Arguments, variables);
            shape = group.Key switch
            {
                "flatten" => shape with { Flatten = true },
                "first" => shape with { First = true },
                "singleton" => shape with { Singleton = true },
                "slice" => shape with { Slice = Slice(arguments, field, scope) },
                _ => throw new ArgumentFault($"There is no directive @{group.Key}. {All}"),
            };
            arguments.Done(group.Key == "slice" ? "It takes 'fhirpath'." : "It takes none.");
        }

        return shape.Flatten && field.SelectionSet is null ? throw new ArgumentFault($"@flatten at '{field.Name.StringValue}' has nothing to put in its place: it has no fields.") : shape;
    }

    // The page of the specification calls it "fhirpath" in its text and "path" in its examples.
    private Fhir.Paths.FhirPath Slice(Arguments arguments, GraphQLField field, Scope scope)
    {
        var text = arguments.Text("fhirpath") ?? arguments.Text("path") ?? throw new ArgumentFault("@slice takes 'fhirpath', whose result is put behind the name: @slice(fhirpath: \"use\").");
        var element = scope.Type?.Find(System.Text.Encoding.UTF8.GetBytes(field.Name.StringValue));
        return ListFilter.Path(text, "fhirpath", "@slice", definitions, element?.Type);
    }
}
