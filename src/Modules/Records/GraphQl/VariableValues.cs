using System.Globalization;
using System.Text.Json;
using GraphQLParser.AST;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Records.GraphQl;

/// <summary>
/// The variables of an operation with their values (https://spec.graphql.org/October2021/#sec-Coercing-Variable-Values). Their types are those of GraphQL and the primitives of FHIR;
/// each may be a list and required.
/// </summary>
internal sealed class VariableValues
{
    private const string Builtin = "Int, Float, String, Boolean, ID";
    private static readonly string[] SearchTypes = ["token", "reference", "quantity", "number", "special", "composite"];

    private readonly Dictionary<string, Value> values = new(StringComparer.Ordinal);
    private readonly QueryDocument document;
    private readonly FhirDefinitions definitions;

    /// <exception cref="GraphQlFault">A value is missing or of another type.</exception>
    public VariableValues(QueryDocument document, JsonElement given, FhirDefinitions definitions)
    {
        (this.document, this.definitions) = (document, definitions);
        foreach (var variable in document.Operation.Variables?.Items ?? [])
        {
            var name = variable.Variable.Name.StringValue;
            RefuseDirectives(variable);
            if (!values.TryAdd(name, Read(variable, name, given)))
            {
                throw Wrong(variable, $"The variable ${name} is declared twice.");
            }
        }
    }

    /// <summary>The value of a variable that is used somewhere.</summary>
    /// <exception cref="GraphQlFault">The operation declares none of this name.</exception>
    public Value Of(GraphQLVariable used) => values.TryGetValue(used.Name.StringValue, out var value) ? value : throw Wrong(
        used, $"The operation declares no variable ${used.Name.StringValue}. Declare it: query(${used.Name.StringValue}: String!) {{...}}{(values.Count > 0 ? $"; declared are ${string.Join(", $", values.Keys)}" : "")}.");

    private Value Read(GraphQLVariableDefinition variable, string name, JsonElement given)
    {
        CheckType(variable.Type);
        if (given.ValueKind == JsonValueKind.Object && given.TryGetProperty(name, out var sent))
        {
            return Coerce(variable, name, variable.Type, Of(sent));
        }

        if (variable.DefaultValue is { } literal)
        {
            return Coerce(variable, name, variable.Type, Value.Of(literal, v => throw Wrong(v, $"The default of ${name} is a variable. It takes a value.")));
        }

        return variable.Type is GraphQLNonNullType ? throw Wrong(variable, $"The variable ${name} is required ({Words(variable.Type)}) and has no value. Send it in 'variables'.") : new Value(ValueKind.Missing, name);
    }

    private void CheckType(GraphQLType type)
    {
        switch (type)
        {
            case GraphQLNonNullType required:
                CheckType(required.Type);
                break;
            case GraphQLListType list:
                CheckType(list.Type);
                break;
            case GraphQLNamedType { Name.StringValue: var name } when !IsKnown(name):
                throw Wrong(type, $"'{name}' is not a type of variables. Those are {Builtin} and the primitives of FHIR, such as code and date.");
            default:
                break;
        }
    }

    private bool IsKnown(string name) => Builtin.Split(", ").Contains(name) || SearchTypes.Contains(name) || definitions.Type(name) is { Kind: TypeKind.Primitive };

    private Value Coerce(GraphQLVariableDefinition variable, string name, GraphQLType type, Value value)
    {
        switch (type)
        {
            case GraphQLNonNullType required when value.Kind == ValueKind.Null:
                throw Wrong(variable, $"The variable ${name} is null; it is required ({Words(required)}).");
            case GraphQLNonNullType required:
                return Coerce(variable, name, required.Type, value);
            case var _ when value.Kind == ValueKind.Null:
                return value;
            case GraphQLListType list:
                return value.Kind == ValueKind.List
                    ? value with { Items = [.. value.Items.Select(i => Coerce(variable, name, list.Type, i))] }
                    : new Value(ValueKind.List, "") { Items = [Coerce(variable, name, list.Type, value)] };
            default:
                var named = ((GraphQLNamedType)type).Name.StringValue;
                return Fits(named, value) ? value : throw Wrong(variable, $"The variable ${name} is {value.Words}; it takes a value of type {named}.");
        }
    }

    private bool Fits(string type, Value value) => (type, definitions.Type(type)?.Primitive) switch
    {
        ("Int", _) or (_, PrimitiveKind.Integer) => value.Kind == ValueKind.Integer && int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ("Float" or "number", _) or (_, PrimitiveKind.Decimal) => value.Kind is ValueKind.Integer or ValueKind.Decimal,
        ("Boolean", _) or (_, PrimitiveKind.Boolean) => value.Kind == ValueKind.Boolean,
        ("ID", _) => value.Kind is ValueKind.Text or ValueKind.Integer,
        _ => value.Kind is ValueKind.Text or ValueKind.Enum,
    };

    private static Value Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => new(ValueKind.Text, json.GetString()!),
        JsonValueKind.Number => new(json.TryGetInt64(out _) ? ValueKind.Integer : ValueKind.Decimal, json.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => new(ValueKind.Boolean, json.GetRawText()),
        JsonValueKind.Array => new(ValueKind.List, "") { Items = [.. json.EnumerateArray().Select(Of)] },
        JsonValueKind.Null => new(ValueKind.Null, "null"),
        _ => new(ValueKind.Object, "{}"),
    };

    private void RefuseDirectives(GraphQLVariableDefinition variable)
    {
        if (variable.Directives is { Count: > 0 } directives)
        {
            throw Wrong(directives.Items[0], "A variable takes no directives.");
        }
    }

    private static string Words(GraphQLType type) => type switch
    {
        GraphQLNonNullType required => Words(required.Type) + "!",
        GraphQLListType list => $"[{Words(list.Type)}]",
        _ => ((GraphQLNamedType)type).Name.StringValue,
    };

    private GraphQlFault Wrong(ASTNode node, string message) => new(FailureKind.Invalid, GraphQlError.At(node, document.Source, "value", message));
}
