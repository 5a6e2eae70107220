using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>An invariant ready to run. Immutable; safe for all threads.</summary>
internal sealed class CompiledInvariant
{
    private readonly ulong[]? mask;

    private CompiledInvariant(IssueSeverity severity, string key, string human, FhirPath path, ulong[]? mask)
    {
        Severity = severity;
        Key = key;
        Human = human;
        Path = path;
        this.mask = mask;
    }

    internal IssueSeverity Severity { get; }

    internal string Key { get; }

    internal string Human { get; }

    internal FhirPath Path { get; }

    /// <summary>Null, with the reason, when the expression has no meaning for the type. One that is evaluated <paramref name="always"/> needs no mask for <see cref="CanFail"/>.</summary>
    internal static CompiledInvariant? Compile(
        IssueSeverity severity, string key, string human, string expression, TypeDefinition type, FhirDefinitions definitions, out PathError? error, bool always = false)
    {
        var options = PathOptions.Default with { Rules = PathRules.Definitions };
        return FhirPath.TryCompile(expression, definitions, type, out var path, out error, options)
            ? new CompiledInvariant(severity, key, human, path, always || type.Kind == TypeKind.Primitive ? null : Applicability.Mask(path, type, definitions))
            : null;
    }

    /// <summary>Whether an element with these properties (a bit per position) can break it.</summary>
    internal bool CanFail(ReadOnlySpan<ulong> present)
    {
        if (mask is null)
        {
            return true;
        }

        for (var i = 0; i < mask.Length; i++)
        {
            if ((mask[i] & present[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
