using Salus.Kernel;
using Salus.Records.Operations;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Calls;

/// <summary>
/// The versions of code systems that a call of <c>$expand</c> states: <c>system-version</c> where the value set states none, <c>force-system-version</c> in
/// any case, <c>check-system-version</c> to be sure. They are for the value set itself, not for those that it imports.
/// </summary>
internal sealed class SystemVersions(OperationParameters parameters)
{
    private readonly Dictionary<string, string> usual = Read(parameters, "system-version");
    private readonly Dictionary<string, string> forced = Read(parameters, "force-system-version");
    private readonly Dictionary<string, string> expected = Read(parameters, "check-system-version");

    /// <summary>Whether the value set stays as it is.</summary>
    public bool IsEmpty => usual.Count == 0 && forced.Count == 0;

    public ValueSet Apply(ValueSet set) => IsEmpty ? set : set with { Includes = [.. set.Includes.Select(Apply)], Excludes = [.. set.Excludes.Select(Apply)] };

    /// <summary>Null, or that a code system was used in another version than expected.</summary>
    public Failure? Check(IReadOnlyList<CodeSelection> codes) =>
        codes.FirstOrDefault(c => expected.TryGetValue(c.Url, out var version) && c.Version != version) is { } wrong
            ? new Failure(FailureKind.Invalid, "business-rule", $"The value set uses version {wrong.Version ?? "(none)"} of {wrong.Url}; 'check-system-version' says {expected[wrong.Url]}.", "check-system-version")
            : null;

    private Inclusion Apply(Inclusion part) => part.System is null ? part
        : forced.TryGetValue(part.System, out var version) || (part.Version is null && usual.TryGetValue(part.System, out version)) ? part with { Version = version } : part;

    private static Dictionary<string, string> Read(OperationParameters parameters, string name)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parameters.Texts(name))
        {
            var bar = text.LastIndexOf('|');
            read[bar < 0 ? text : text[..bar]] = bar < 0 ? "" : text[(bar + 1)..];
        }

        return read;
    }
}
