namespace Salus.Fhir.Ucum;

/// <summary>What is probably meant by a symbol that UCUM does not have.</summary>
internal static class UcumHints
{
    private static readonly Dictionary<string, string> Frequent = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mmHg"] = "mm[Hg]", ["cmHg"] = "cm[Hg]", ["cmH"] = "cm[H2O]", ["mmH"] = "mm[H2O]",
        ["IU"] = "[iU]", ["mIU"] = "m[iU]", ["uIU"] = "u[iU]", ["kIU"] = "k[iU]",
        ["degC"] = "Cel", ["C"] = "Cel", ["degF"] = "[degF]", ["F"] = "[degF]",
        ["bpm"] = "/min", ["sec"] = "s", ["hr"] = "h", ["hour"] = "h", ["day"] = "d", ["week"] = "wk", ["month"] = "mo", ["year"] = "a", ["yr"] = "a",
        ["lb"] = "[lb_av]", ["lbs"] = "[lb_av]", ["oz"] = "[oz_av]", ["in"] = "[in_i]", ["inch"] = "[in_i]", ["ft"] = "[ft_i]",
        ["mcg"] = "ug", ["cc"] = "mL", ["psi"] = "[psi]", ["pH"] = "[pH]",
        ["\u00B5"] = "u for micro", ["\u00B0"] = "Cel, [degF] or deg",
    };

    /// <summary>A half sentence, or nothing.</summary>
    internal static string For(string symbol, UcumTable table)
    {
        if (Frequent.TryGetValue(symbol, out var meant))
        {
            return $"; write {meant}";
        }

        foreach (var code in table.Atoms.Keys)
        {
            if (code.Equals(symbol, StringComparison.OrdinalIgnoreCase))
            {
                return $"; capitals matter: {code}";
            }

            foreach (var (prefix, _) in table.Prefixes)
            {
                if (symbol.Length == prefix.Length + code.Length && table.Atoms[code].IsMetric && symbol.Equals(prefix + code, StringComparison.OrdinalIgnoreCase))
                {
                    return $"; capitals matter: {prefix}{code}";
                }
            }
        }

        return "";
    }
}
