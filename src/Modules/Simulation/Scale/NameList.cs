using System.Text;
using Salus.Simulation.Chance;

namespace Salus.Simulation.Scale;

/// <summary>Names by how common they are: the n-th is drawn in proportion to 1 / (n + flatness), as surnames of large populations nearly are.</summary>
internal sealed class NameList
{
    readonly ushort[] slots = new ushort[65_536];
    readonly string[] names;
    readonly byte[][] texts;

    /// <param name="common">The most common ones, in that order.</param>
    /// <param name="rest">The others, in any order: they are shuffled.</param>
    /// <param name="flatness">With 15 and 2,500 names, the first is borne by 1.3 % and the last by 0.008 %.</param>
    public NameList(IEnumerable<string> common, IEnumerable<string> rest, int flatness)
    {
        var others = rest.ToArray();
        Dice.For(0, "names", others.Length).Shuffle<string>(others);
        names = [.. common.Concat(others).Distinct(StringComparer.Ordinal)];
        texts = [.. names.Select(Encoding.UTF8.GetBytes)];
        var total = Enumerable.Range(flatness, names.Length).Sum(n => 1.0 / n);
        var sum = 0.0;
        for (int slot = 0, name = 0; slot < slots.Length; slot++)
        {
            while (name < names.Length - 1 && (sum + (1.0 / (name + flatness))) / total * slots.Length <= slot) sum += 1.0 / (name++ + flatness);
            slots[slot] = (ushort)name;
        }
    }

    public int Count => names.Length;

    public byte[] Text(ulong chance) => texts[slots[(ushort)chance]];

    public string Name(ulong chance) => names[slots[(ushort)chance]];
}
