using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Operations;

namespace Salus.Records.Terminology.Calls;

/// <summary>A code as a call names it.</summary>
internal sealed record GivenCode(string? System, string? Version, string Code, string? Display);

/// <summary>The ways in which the terminology operations are told a code: code with system, coding, codeableConcept.</summary>
internal static class CodeInput
{
    private static readonly string[] Ways = ["code", "coding", "codeableConcept"];

    /// <summary>The codes of a call, at least one. Exactly one of the ways has to be used.</summary>
    /// <param name="system">What <c>code</c> belongs to when the call does not say so; null where it has to.</param>
    public static Outcome<List<GivenCode>> Read(string operation, OperationParameters parameters, string? system = null)
    {
        var ways = Ways.Where(parameters.Has).ToList();
        if (ways.Count != 1)
        {
            return new Failure(
                FailureKind.Invalid, ways.Count == 0 ? "required" : "invalid",
                $"${operation} is told a code in one way: 'code' with 'system', 'coding', or 'codeableConcept'. The request has {(ways.Count == 0 ? "none" : string.Join(" and ", ways))}.");
        }

        var codes = new List<GivenCode>();
        switch (ways[0])
        {
            case "code" when (parameters.Text("system") ?? system) is { } own:
                codes.Add(new GivenCode(own, parameters.Text("systemVersion") ?? parameters.Text("version"), parameters.Text("code")!, parameters.Text("display")));
                break;
            case "code":
                return new Failure(FailureKind.Invalid, "required", $"${operation} with 'code' needs 'system' too: the same code means something else elsewhere.", "system");
            case "coding":
                Add(codes, parameters.Value("coding"), system);
                break;
            default:
                foreach (var coding in parameters.Value("codeableConcept").Named("coding"))
                {
                    Add(codes, coding, system);
                }

                break;
        }

        return codes.Count > 0 ? codes : new Failure(FailureKind.Invalid, "required", $"'{ways[0]}' of ${operation} has no code.", ways[0]);
    }

    public static GivenCode? Of(Element coding, string? system = null) => coding.Child("code"u8).AsString() is { } code
        ? new GivenCode(coding.Child("system"u8).AsString() ?? system, coding.Child("version"u8).AsString(), code, coding.Child("display"u8).AsString())
        : null;

    private static void Add(List<GivenCode> codes, Element coding, string? system)
    {
        if (Of(coding, system) is { } code)
        {
            codes.Add(code);
        }
    }
}
