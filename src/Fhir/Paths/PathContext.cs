using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>
/// What an evaluation needs from outside; the library itself does no I/O. An expression that needs a part which is null ends with an error of
/// the kind <see cref="PathErrorKind.NotSupplied"/>. Immutable; safe for all threads when its delegates are.
/// Delegates are called on the evaluating thread and return null for "not known".
/// </summary>
public sealed record PathContext
{
    public static readonly PathContext Default = new();

    /// <summary>The time of <c>now()</c>, <c>today()</c> and <c>timeOfDay()</c>: asked once, the same for a whole evaluation.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public PathLimits Limits { get; init; } = PathLimits.Default;

    /// <summary>Values of the variables that <see cref="PathOptions.Variables"/> named, without the percent sign.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PathValue>> Variables { get; init; } = new Dictionary<string, IReadOnlyList<PathValue>>();

    /// <summary><c>%resource</c>; nothing for the innermost resource around the element that is evaluated.</summary>
    public Element Resource { get; init; }

    /// <summary><c>%rootResource</c>; nothing for the root of the element's document.</summary>
    public Element RootResource { get; init; }

    /// <summary><c>$index</c> outside of any iteration: the place of the element among its neighbours, for who asks of each of them by itself. Default 0.</summary>
    public int Index { get; init; }

    /// <summary>
    /// <c>resolve()</c>: the resource for a reference as written, or no element when there is none, which is no error. Contained resources and
    /// entries of the same bundle are found without it; without it, of any other target only the type can be asked.
    /// </summary>
    public Func<string, Element>? Resolve { get; init; }

    /// <summary><c>memberOf(valueSet)</c>: whether a code is in a value set (a canonical URL); null when the value set is not known.</summary>
    public Func<PathCode, string, bool?>? MemberOf { get; init; }

    /// <summary><c>a.subsumes(b)</c> and <c>b.subsumedBy(a)</c>: whether the first code subsumes the second; null when the code system is not known.</summary>
    public Func<PathCode, PathCode, bool?>? Subsumes { get; init; }

    /// <summary><c>conformsTo(profile)</c>: whether a resource conforms to a StructureDefinition (a canonical URL); null when that is not known.</summary>
    public Func<Element, string, bool?>? ConformsTo { get; init; }

    /// <summary><c>trace(name)</c>: gets the name and the items. When null, a trace goes nowhere, because expressions run on patient data.</summary>
    public Action<string, IReadOnlyList<PathValue>>? Trace { get; init; }
}

/// <summary>A code that terminology is asked about.</summary>
/// <param name="System">Null for a bare <c>code</c> or string.</param>
/// <param name="Version">The version of the system, or null.</param>
/// <param name="Code">The code itself.</param>
public readonly record struct PathCode(string? System, string? Version, string Code);
