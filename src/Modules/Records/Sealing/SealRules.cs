using System.Security.Cryptography;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>What is sealed, checked against the definitions. Immutable; safe for all threads.</summary>
internal sealed class SealRules
{
    // Salus reads these itself, often and without a person's right to see them; no person is in them.
    private static readonly HashSet<string> Own =
        ["CapabilityStatement", "CodeSystem", "ConceptMap", "NamingSystem", "OperationDefinition", "SearchParameter", "StructureDefinition", "Subscription", "ValueSet"];

    private readonly List<(string Type, string First)> paths = [];

    private SealRules(MarkedElements marks, string digest, IEnumerable<string> systems, bool bySystemAlone)
    {
        (Marks, Digest, BySystemAlone) = (marks, digest, bySystemAlone);
        Systems = systems.ToHashSet(StringComparer.Ordinal);
    }

    public MarkedElements Marks { get; }

    /// <summary>The systems whose identifiers are sealed.</summary>
    public IReadOnlySet<string> Systems { get; }

    /// <summary>Whether an identifier of another system is never sealed.</summary>
    public bool BySystemAlone { get; }

    /// <summary>Changes when what is sealed does.</summary>
    public string Digest { get; }

    /// <summary>Null when nothing is to be sealed.</summary>
    /// <exception cref="CannotStartException">A path cannot be sealed; the message says why.</exception>
    public static SealRules? Of(SealedOptions options, FhirDefinitions definitions, SearchParameterSet parameters)
    {
        var (systems, types, paths) = (Words(options.Systems), Words(options.Types), Words(options.Paths));
        if (systems.Length + types.Length + paths.Length == 0)
        {
            return null;
        }

        var digest = string.Join('\n', systems.Append("").Concat(types).Append("").Concat(paths));
        var rules = new SealRules(new MarkedElements(definitions, systems, types), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digest))[..8]), systems, types.Length + paths.Length == 0);
        foreach (var path in paths)
        {
            if (rules.Add(path, definitions, parameters) is { } problem)
            {
                throw new CannotStartException($"Salus:Records:Sealed:Paths has '{path}', but {problem}. Correct it or leave it out.");
            }
        }

        return rules;
    }

    /// <summary>Whether values of this type of resource are sealed at all.</summary>
    public static bool Concern(string type) => !Own.Contains(type);

    /// <summary>Whether what this parameter finds may be sealed, so that a search asks for the hash too. Rather once too often: an expression is not evaluated.</summary>
    public bool MayFind(ResourceParameter parameter, bool added) => parameter.Type is SearchType.Token or SearchType.Reference
        && (added || (parameter.Definition.Expression is { } expression
            && (expression.Contains("dentifier", StringComparison.Ordinal) || parameter.Type == SearchType.Reference
                || paths.Exists(p => p.Type == parameter.ResourceType.Name && expression.Contains($".{p.First}", StringComparison.Ordinal)))));

    private string? Add(string path, FhirDefinitions definitions, SearchParameterSet parameters)
    {
        if (Marks.Mark(definitions, path) is { } wrong)
        {
            return wrong;
        }

        var names = path.Split('.');
        if (!Concern(names[0]))
        {
            return $"a {names[0]} is what Salus itself works with; it is not sealed";
        }

        if (parameters.For(names[0]).Values.FirstOrDefault(p => p.Type == SearchType.String && p.Definition.Expression?.Contains($".{names[1]}", StringComparison.Ordinal) == true) is { } text)
        {
            return $"the search parameter '{text.Code}' finds it by its beginning and its parts, which no hash can; a sealed value is found as a whole or not at all";
        }

        paths.Add((names[0], names[1]));
        return null;
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
