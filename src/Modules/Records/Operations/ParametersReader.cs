using System.Globalization;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Operations;

/// <summary>Reads the input of an operation (http://hl7.org/fhir/R4/operations.html#request): primitives from the URL, anything from a Parameters resource in the body.</summary>
internal sealed class ParametersReader(OperationDefinition definition, bool lenient)
{
    // Parameters of every interaction (http://hl7.org/fhir/R4/http.html#parameters).
    private static readonly HashSet<string> General = ["_format", "_pretty", "_summary", "_elements"];

    private readonly OperationParameters read = new();
    private readonly List<Problem> problems = [];

    /// <param name="query">Of the URL.</param>
    /// <param name="body">A Parameters resource, or the one resource that the operation takes; nothing when there is no body.</param>
    public Outcome<OperationParameters> Read(IReadOnlyList<KeyValuePair<string, string>> query, Element body)
    {
        foreach (var (name, value) in query.Where(p => !General.Contains(p.Key)))
        {
            FromUrl(name, value);
        }

        if (body.Exists)
        {
            FromBody(body);
        }

        foreach (var single in definition.Parameters.Where(p => !p.Many && read.Count(p.Name) > 1))
        {
            problems.Add(new Problem("invalid", $"${definition.Name} takes one '{single.Name}'; the request has {read.Count(single.Name)}.", single.Name));
        }

        return problems.Count > 0 ? new Failure(FailureKind.Invalid, problems) : read;
    }

    private void FromUrl(string name, string value)
    {
        if (Find(name) is not { } parameter)
        {
            return;
        }

        if (parameter.Primitive)
        {
            AddText(parameter, value);
        }
        else
        {
            problems.Add(new Problem("invalid", $"'{name}' of ${definition.Name} is {Form(parameter)} and cannot stand in the URL. POST a Parameters resource.", name));
        }
    }

    private void FromBody(Element body)
    {
        if (body.Type?.Name != "Parameters")
        {
            // "exactly one input parameter of type Resource": the resource itself may be the body.
            var whole = definition.Parameters.Where(p => p.IsResource).ToList();
            if (whole is [var one] && (one.Type == "Resource" || one.Type == body.Type?.Name))
            {
                read.Add(one.Name, null, body);
                return;
            }

            problems.Add(new Problem("structure", $"The body of ${definition.Name} is a {body.Type?.Name}; it takes a Parameters resource."));
            return;
        }

        foreach (var parameter in body.Named("parameter"))
        {
            if (parameter.Child("name"u8).AsString() is { } name && Find(name) is { } known)
            {
                AddValue(known, parameter);
            }
        }
    }

    private void AddValue(OperationParameter known, Element parameter)
    {
        if (known.Type.Length == 0)
        {
            read.Add(known.Name, null, parameter);
            return;
        }

        var value = known.IsResource ? parameter.Child("resource"u8) : First(parameter.Named("value"));
        if (!value.Exists)
        {
            problems.Add(new Problem("required", $"'{known.Name}' of ${definition.Name} has no value; it takes {Form(known)}.", parameter.Path));
        }
        else if (known.Primitive && value.Kind is not (JsonKind.Object or JsonKind.Array))
        {
            AddText(known, value.AsString() ?? "", value);
        }
        else if (!known.Primitive && (known.Type == "Resource" || value.Type?.Name == known.Type))
        {
            read.Add(known.Name, null, value);
        }
        else
        {
            problems.Add(new Problem("structure", $"'{known.Name}' of ${definition.Name} is a {value.Type?.Name}; it takes {Form(known)}.", value.Path));
        }
    }

    private void AddText(OperationParameter parameter, string value, Element element = default)
    {
        var right = parameter.Type switch
        {
            "boolean" => value is "true" or "false",
            "integer" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => value.Length > 0,
        };
        if (right)
        {
            read.Add(parameter.Name, value, element);
        }
        else
        {
            problems.Add(new Problem("value", $"'{parameter.Name}' of ${definition.Name} is '{Short(value)}'; it takes {Form(parameter)}.", parameter.Name));
        }
    }

    private OperationParameter? Find(string name)
    {
        var found = definition.Parameters.FirstOrDefault(p => p.Name == name);
        if (found is null && !lenient)
        {
            var known = definition.Parameters.Count == 0 ? "it takes none" : $"it takes {string.Join(", ", definition.Parameters.Select(p => p.Name))}";
            problems.Add(new Problem("not-supported", $"${definition.Name} has no parameter '{Short(name)}'; {known}.", Short(name)));
        }

        return found;
    }

    private static string Form(OperationParameter parameter) => parameter.Type switch
    {
        "boolean" => "true or false",
        "integer" => "a whole number",
        "" => "parts",
        var type => $"{("aeioAEIO".Contains(type[0], StringComparison.Ordinal) ? "an" : "a")} {type}",
    };

    private static Element First(ElementChildren children) => children.MoveNext() ? children.Current : default;

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
