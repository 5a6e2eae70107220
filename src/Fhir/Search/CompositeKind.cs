using Salus.Fhir.Definitions;

namespace Salus.Fhir.Search;

/// <summary>What the parts of a composite parameter have to have in common (http://hl7.org/fhir/R4/search.html#composite).</summary>
public enum CompositeKind : byte
{
    /// <summary>It is no composite.</summary>
    None,

    /// <summary>The resource: each part is an ordinary parameter, as in <c>Observation.code-value-quantity</c>. Has no values of its own.</summary>
    Whole,

    /// <summary>One element of the resource, as in <c>Observation.component-code-value-quantity</c>.</summary>
    Occurrence,

    /// <summary>Either, as in <c>Observation.combo-code-value-quantity</c>. Has no values of its own: it is two other parameters.</summary>
    Either,
}

/// <summary>Tells the kinds of composites apart.</summary>
public static class CompositeKinds
{
    /// <summary>The kind for a parameter of one resource type.</summary>
    public static CompositeKind Kind(this ResourceParameter parameter)
    {
        if (parameter.Type != SearchType.Composite || parameter.Definition.Expression is not { } expression)
        {
            return CompositeKind.None;
        }

        var type = parameter.ResourceType;
        var alternatives = expression.Split('|', StringSplitOptions.TrimEntries);
        var whole = alternatives.Any(a => a == "%resource" || (type.Is(a) && parameter.Definition.Base.Any(type.Is)));
        var occurrences = alternatives.Any(a => a.StartsWith($"{type.Name}.", StringComparison.Ordinal) || (char.IsLower(a[0]) && a[0] != '%'));
        return (whole, occurrences) switch
        {
            (true, true) => CompositeKind.Either,
            (true, false) => CompositeKind.Whole,
            _ => CompositeKind.Occurrence,
        };
    }
}
