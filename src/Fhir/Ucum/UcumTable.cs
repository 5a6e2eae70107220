using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Salus.Fhir.Ucum;

/// <summary>The prefixes and units of <c>units.txt</c>, resolved to base units when they are first used.</summary>
internal sealed class UcumTable
{
    /// <summary>Records use a few dozen codes; whoever sends new ones without end does not fill the memory.</summary>
    private const int MostRemembered = 4096;

    /// <summary>Nor does who sends long ones.</summary>
    private const int LongestRemembered = 128;

    private static readonly Lazy<UcumTable> Shipped = new(() => Read(Lines()));
    private readonly FrozenDictionary<string, UcumAtom> atoms;
    private readonly (string Code, Ratio Factor)[] prefixes;
    private readonly ConcurrentDictionary<string, UcumTerm> terms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UcumUnit> units = new(StringComparer.Ordinal);

    // Wrong codes come as often as right ones: once per resource of a system that writes mmHg.
    private readonly ConcurrentDictionary<string, string> refused = new(StringComparer.Ordinal);

    private UcumTable(List<UcumAtom> atoms, List<(string Code, Ratio Factor)> prefixes)
    {
        this.atoms = atoms.ToFrozenDictionary(a => a.Code, StringComparer.Ordinal);
        // "da" before "d".
        this.prefixes = [.. prefixes.OrderByDescending(p => p.Code.Length)];
    }

    internal static UcumTable Default => Shipped.Value;

    internal IReadOnlyDictionary<string, UcumAtom> Atoms => atoms;

    internal IReadOnlyList<(string Code, Ratio Factor)> Prefixes => prefixes;

    internal bool TryParse(string code, [NotNullWhen(true)] out UcumUnit? unit, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (units.TryGetValue(code, out unit))
        {
            return true;
        }

        if (refused.TryGetValue(code, out error))
        {
            return false;
        }

        unit = Parse(code, out error);
        if (unit is null)
        {
            error = Refusal(code, error!);
            return false;
        }

        if (code.Length <= LongestRemembered && units.Count < MostRemembered)
        {
            unit = units.GetOrAdd(code, unit);
        }

        error = null;
        return true;
    }

    private UcumUnit? Parse(string code, out string? error)
    {
        if (!UcumParser.TryParse(code, this, out var term, out error))
        {
            return null;
        }

        // What UCUM allows of one exponent; beyond it, the canonical form would be no code.
        if (term.Dimension.Parts.Any(p => Math.Abs(p.Exponent) > 99))
        {
            error = $"'{code}' is not a unit that is used here: one of its dimensions has an exponent beyond 99.";
            return null;
        }

        return new UcumUnit(code, term);
    }

    private string Refusal(string code, string error)
    {
        if (code.Length > LongestRemembered)
        {
            return error;
        }

        if (refused.Count >= MostRemembered)
        {
            refused.Clear();
        }

        return refused.GetOrAdd(code, error);
    }

    /// <summary>The unit of a symbol, with or without prefix; null when there is none. A whole symbol goes before one with a prefix: <c>min</c>, <c>cd</c>, <c>Pa</c>.</summary>
    internal UcumTerm? Symbol(string symbol)
    {
        if (atoms.TryGetValue(symbol, out var whole))
        {
            return Term(whole);
        }

        foreach (var (prefix, factor) in prefixes)
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal) && atoms.TryGetValue(symbol[prefix.Length..], out var atom) && atom.IsMetric)
            {
                return Term(atom).Prefixed(factor);
            }
        }

        return null;
    }

    private UcumTerm Term(UcumAtom atom) => terms.TryGetValue(atom.Code, out var known) ? known : terms.GetOrAdd(atom.Code, Resolve(atom));

    private UcumTerm Resolve(UcumAtom atom)
    {
        // [IU] is defined by [iU]; the other arbitrary units are defined by nothing.
        if (atom.Kind == "base" || (atom.Kind == "arbitrary" && atom.Unit == "1"))
        {
            return UcumTerm.Of(Ratio.One, UcumDimension.Of(atom.Code));
        }

        if (!UcumParser.TryParse(atom.Unit, this, out var of, out var error))
        {
            throw new InvalidDataException($"units.txt defines '{atom.Code}' by '{atom.Unit}': {error}");
        }

        var term = of.Prefixed(Ratio.Parse(atom.Value));
        return atom.Function is null ? term : term with { Function = UcumFunction.Named(atom.Function) };
    }

    private static UcumTable Read(IEnumerable<string> lines)
    {
        var atoms = new List<UcumAtom>();
        var prefixes = new List<(string, Ratio)>();
        foreach (var line in lines)
        {
            var c = line.Split('\t');
            switch (c[0])
            {
                case "prefix":
                    prefixes.Add((c[1], Ratio.Parse(c[2])));
                    break;
                case "base":
                    atoms.Add(new UcumAtom(c[0], c[1], true, null, "1", c[1]));
                    break;
                case "unit" or "arbitrary":
                    atoms.Add(new UcumAtom(c[0], c[1], c[2] == "metric", null, c[3], c[4]));
                    break;
                case "special":
                    atoms.Add(new UcumAtom(c[0], c[1], c[2] == "metric", c[3], c[4], c[5]));
                    break;
            }
        }

        return new UcumTable(atoms, prefixes);
    }

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(UcumTable).Assembly.GetManifestResourceStream("Salus.Fhir.ucum.txt")
            ?? throw new InvalidOperationException("Fhir.dll was built without its table of units.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
