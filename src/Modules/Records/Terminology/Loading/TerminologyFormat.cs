using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>A file layout that code systems are published in.</summary>
internal abstract class TerminologyFormat
{
    /// <summary>Every layout that can be loaded.</summary>
    public static readonly IReadOnlyList<TerminologyFormat> All = [new Icd10CmFormat(), new LoincFormat(), new RxNormFormat(), new SnomedFormat(), new CptFormat()];

    /// <summary>As it is written on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What to give, in words.</summary>
    public abstract string Needs { get; }

    /// <summary>What the system is called, from its files. Fails when they are not of this layout.</summary>
    /// <param name="version">As the user states it; null to take it from the files.</param>
    public abstract Outcome<SystemHeader> Describe(SourceFiles files, string? version);

    /// <summary>The files that <see cref="Read"/> reads, for the progress.</summary>
    public abstract IEnumerable<SourceFile> Uses(SourceFiles files);

    /// <summary>The concepts, in the order of the source; each code once or more.</summary>
    /// <exception cref="InvalidDataException">A line is not of this layout; the message names file and line.</exception>
    public abstract IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header);

    protected Failure Missing(SourceFiles files, string what) => new(
        FailureKind.Invalid, "required", $"There is no {what} in {string.Join(", ", files.Given)}. {Name} takes {Needs}.");

    protected static IEnumerable<SourceFile> Present(params IEnumerable<SourceFile?> files) => files.OfType<SourceFile>();

    protected Failure NoVersion(string example) => new(
        FailureKind.Invalid, "required", $"The version of {Name} cannot be told from the names of the files. State it: --version {example}");

    /// <summary>The list at a key, made when there is none.</summary>
    protected static List<T> At<T>(Dictionary<string, List<T>> lists, string key) => lists.TryGetValue(key, out var list) ? list : lists[key] = [];

    protected static KeyValuePair<string, PropertyValue> Property(string code, string type, string value) => new(code, new PropertyValue(type, value));
}
