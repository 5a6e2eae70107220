using GraphQLParser.AST;

namespace Salus.Records.GraphQl;

/// <summary>What a value of an argument is.</summary>
internal enum ValueKind
{
    Text,
    Integer,
    Decimal,
    Boolean,
    Enum,
    List,
    Null,

    /// <summary>A variable that has no value and no default.</summary>
    Missing,

    /// <summary>An input object; no argument takes one.</summary>
    Object,
}

/// <summary>A value of an argument, variables put in.</summary>
/// <param name="Text">As FHIR writes it: of a number its digits, of a boolean true or false; the name of a missing variable. Empty for a list.</param>
internal sealed record Value(ValueKind Kind, string Text)
{
    public IReadOnlyList<Value> Items { get; init; } = [];

    /// <summary>What a literal stands for.</summary>
    /// <param name="variable">The value of a variable by its name.</param>
    public static Value Of(GraphQLValue literal, Func<GraphQLVariable, Value> variable) => literal switch
    {
        GraphQLVariable named => variable(named),
        GraphQLStringValue text => new(ValueKind.Text, text.Value.ToString()),
        GraphQLIntValue number => new(ValueKind.Integer, number.Value.ToString()),
        GraphQLFloatValue number => new(ValueKind.Decimal, number.Value.ToString()),
        GraphQLBooleanValue truth => new(ValueKind.Boolean, truth.BoolValue ? "true" : "false"),
        GraphQLEnumValue name => new(ValueKind.Enum, name.Name.StringValue),
        GraphQLListValue list => new(ValueKind.List, "") { Items = [.. (list.Values ?? []).Select(v => Of(v, variable))] },
        GraphQLNullValue => new(ValueKind.Null, "null"),
        _ => new(ValueKind.Object, "{}"),
    };

    /// <summary>The single values: of a list its items.</summary>
    public IEnumerable<Value> Each => Kind == ValueKind.List ? Items : [this];

    /// <summary>What it is, for messages.</summary>
    public string Words => Kind switch
    {
        ValueKind.Text => $"the text \"{(Text.Length <= 60 ? Text : Text[..60] + "…")}\"",
        ValueKind.List => "a list",
        ValueKind.Object => "an object",
        ValueKind.Null => "null",
        ValueKind.Missing => $"the variable ${Text}, which has no value",
        _ => Text,
    };
}
