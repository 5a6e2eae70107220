using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Storage;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Calls;

/// <summary>What <c>$validate-code</c> answers: whether a code holds, why not, and what it is called.</summary>
internal sealed record Verdict(bool Result, string? Message, string? Display)
{
    public Reply ToReply()
    {
        using var writer = new ParametersWriter();
        return writer.Flag("result", Result).Text("message", "string", Message).Text("display", "string", Display).ToReply();
    }

    /// <summary>Judges what is left when a code is known to hold: its display, and whether it may be used.</summary>
    /// <param name="allowsAbstract">Null when the call does not say.</param>
    public static Verdict OfConcept(CodeSystem system, int place, GivenCode code, bool? allowsAbstract, string? language)
    {
        var display = system.DisplayIn(place, language);
        if (allowsAbstract == false && system.IsAbstract(place))
        {
            return new Verdict(false, $"'{code.Code}' of {system.Header.Canonical} is abstract: it groups others and is not to be used itself.", display);
        }

        return code.Display is null || IsName(system, place, code.Display)
            ? new Verdict(true, system.IsInactive(place) ? $"'{code.Code}' of {system.Header.Canonical} is inactive." : null, display)
            : new Verdict(false, $"'{code.Display}' is not a name of '{code.Code}' in {system.Header.Canonical}; it is '{display}'.", display);
    }

    private static bool IsName(CodeSystem system, int place, string display) =>
        Same(system.Display(place), display) || system.Designations(place).Any(d => Same(d.Value, display));

    // Case and white space are no difference.
    private static bool Same(string? one, string other) => one is not null && FoldedText.Fold(one) == FoldedText.Fold(other);
}
