using System.Globalization;
using GraphQLParser.AST;

namespace Salus.Records.GraphQl;

/// <summary>The arguments of a field or directive, variables put in. Whatever is not taken is refused in the end.</summary>
internal sealed class Arguments
{
    private readonly OrderedDictionary<string, Value> values = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly string owner;

    /// <param name="owner">Whose they are, for messages.</param>
    /// <exception cref="ArgumentFault">One stands there twice, or has no value.</exception>
    public Arguments(string owner, GraphQLArguments? arguments, VariableValues variables)
    {
        this.owner = owner;
        foreach (var argument in arguments?.Items ?? [])
        {
            var name = argument.Name.StringValue;
            var value = Value.Of(argument.Value, variables.Of);
            if (value.Each.FirstOrDefault(v => v.Kind is ValueKind.Null or ValueKind.Missing or ValueKind.Object or ValueKind.List) is { } wrong)
            {
                // Left out, it would ask for something else: all patients instead of those of a name.
                throw new ArgumentFault($"The argument '{name}' of {owner} is {wrong.Words}. Give it a value, or leave it out.");
            }

            if (!values.TryAdd(name, value))
            {
                throw new ArgumentFault($"The argument '{name}' of {owner} stands there twice. Several values are a list: [\"a\", \"b\"].");
            }
        }
    }

    /// <summary>The names that nobody took.</summary>
    public IEnumerable<KeyValuePair<string, Value>> Rest => values.Where(v => !taken.Contains(v.Key));

    /// <summary>All of them in one text, to tell whether two fields are the same.</summary>
    public override string ToString() => string.Join(',', values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}:{string.Join('|', v.Value.Each.Select(e => $"{e.Kind} {e.Text}"))}"));

    /// <summary>Null when it is not there.</summary>
    public Value? Take(string name)
    {
        taken.Add(name);
        return values.GetValueOrDefault(name);
    }

    /// <summary>A single text; null when it is not there.</summary>
    public string? Text(string name) => Take(name) is not { } value ? null
        : value.Kind is ValueKind.Text or ValueKind.Enum or ValueKind.Integer ? value.Text : throw new ArgumentFault($"The argument '{name}' of {owner} is {value.Words}; it takes a text.");

    /// <summary>A whole number from <paramref name="least"/>; null when it is not there.</summary>
    public int? Number(string name, int least) => Take(name) is not { } value ? null
        : value.Kind == ValueKind.Integer && int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw new ArgumentFault($"The argument '{name}' of {owner} is {value.Words}; it takes a whole number from {least}.");

    /// <summary>True or false; null when it is not there.</summary>
    public bool? Truth(string name) => Take(name) is not { } value ? null
        : value.Kind == ValueKind.Boolean ? value.Text == "true" : throw new ArgumentFault($"The argument '{name}' of {owner} is {value.Words}; it takes true or false.");

    /// <summary>Refuses what nobody took.</summary>
    public void Done(string known)
    {
        if (Rest.FirstOrDefault() is { Key: { } other })
        {
            throw new ArgumentFault($"{owner} has no argument '{other}'. {known}");
        }
    }
}

/// <summary>An argument is wrong. Never leaves this folder.</summary>
internal sealed class ArgumentFault(string message) : Exception(message);
