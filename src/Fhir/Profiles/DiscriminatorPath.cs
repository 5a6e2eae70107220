using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

internal enum StepKind : byte
{
    Name,
    Extension,
    OfType,
    Resolve,
}

internal readonly record struct DiscriminatorStep(StepKind Kind, string Text);

/// <summary>The restricted FHIRPath of a discriminator: names, <c>extension(url)</c>, <c>ofType(T)</c>, <c>resolve()</c> (http://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal static class DiscriminatorPath
{
    /// <summary>Its steps; none for <c>$this</c>; null when it is none of these.</summary>
    internal static IReadOnlyList<DiscriminatorStep>? Parse(string path)
    {
        var steps = new List<DiscriminatorStep>();
        foreach (var part in Split(path))
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            if (part == "$this")
            {
                continue;
            }

            if (open < 0)
            {
                steps.Add(new DiscriminatorStep(StepKind.Name, part.Replace("[x]", "", StringComparison.Ordinal)));
                continue;
            }

            var argument = part[(open + 1)..].TrimEnd(')').Trim('\'', '"', ' ');
            switch (part[..open])
            {
                case "extension":
                    steps.Add(new DiscriminatorStep(StepKind.Extension, argument));
                    break;
                case "ofType" or "as":
                    steps.Add(new DiscriminatorStep(StepKind.OfType, argument));
                    break;
                case "resolve":
                    steps.Add(new DiscriminatorStep(StepKind.Resolve, ""));
                    break;
                default:
                    return null;
            }
        }

        return steps;
    }

    // A dot in the URL of an extension is no step.
    private static IEnumerable<string> Split(string path)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < path.Length; i++)
        {
            depth += path[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (path[i] == '.' && depth == 0)
            {
                yield return path[start..i].Trim();
                start = i + 1;
            }
        }

        yield return path[start..].Trim();
    }

    /// <summary>What the steps lead to from an item.</summary>
    internal static void Evaluate(Element item, IReadOnlyList<DiscriminatorStep> steps, int from, ProfileRun run, List<Element> into)
    {
        if (from == steps.Count)
        {
            into.Add(item);
            return;
        }

        switch (steps[from].Kind)
        {
            case StepKind.Resolve:
                if (run.Resolve(item) is { Exists: true } target)
                {
                    Evaluate(target, steps, from + 1, run, into);
                }

                break;
            case StepKind.OfType:
                if (item.Type?.Name == steps[from].Text)
                {
                    Evaluate(item, steps, from + 1, run, into);
                }

                break;
            case StepKind.Extension:
                foreach (var extension in item.Named("extension"))
                {
                    if (extension.Child("url"u8).AsString() == steps[from].Text)
                    {
                        Evaluate(extension, steps, from + 1, run, into);
                    }
                }

                break;
            default:
                foreach (var child in item.Named(steps[from].Text))
                {
                    Evaluate(child, steps, from + 1, run, into);
                }

                break;
        }
    }
}
