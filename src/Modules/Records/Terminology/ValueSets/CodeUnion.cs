using System.Runtime.InteropServices;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>
/// All codes of many selections, so that one more is compared with what they have together and not with each of them. The same code in two versions of a system is the
/// same code, unless both versions are stated.
/// </summary>
internal sealed class CodeUnion
{
    // Of a version, or stated without one; and of a system in whichever version.
    private readonly Dictionary<(string Url, string? Version), Codes> stated = [];
    private readonly Dictionary<string, Codes> all = new(StringComparer.Ordinal);

    public CodeUnion Add(CodeSelection selection)
    {
        (CollectionsMarshal.GetValueRefOrAddDefault(stated, (selection.Url, selection.Version), out _) ??= new Codes()).Add(selection);
        (CollectionsMarshal.GetValueRefOrAddDefault(all, selection.Url, out _) ??= new Codes()).Add(selection);
        return this;
    }

    /// <summary>What of a selection is here, in its order.</summary>
    public CodeSelection Common(CodeSelection selection) => Places(selection) is { } places
        ? CodeSelection.Of(selection.System!, places.And(selection.Bits!))
        : Listed(selection, wanted: true);

    /// <summary>What of a selection is not here, in its order.</summary>
    public CodeSelection Missing(CodeSelection selection) => Places(selection) is { } places
        ? CodeSelection.Of(selection.System!, selection.Bits!.Copy().AndNot(places))
        : Listed(selection, wanted: false);

    private CodeSelection Listed(CodeSelection selection, bool wanted)
    {
        var have = Have(selection).ToArray();
        return selection.Where(code => Array.Exists(have, c => c.Has(selection.Known(code))) == wanted);
    }

    private IEnumerable<Codes> Have(CodeSelection selection)
    {
        if (selection.Version is null)
        {
            return all.TryGetValue(selection.Url, out var any) ? [any] : [];
        }

        return new[] { stated.GetValueOrDefault((selection.Url, selection.Version)), stated.GetValueOrDefault((selection.Url, null)) }.OfType<Codes>();
    }

    /// <summary>The places that are here, of a selection by places; null for a list.</summary>
    private CodeBits? Places(CodeSelection selection)
    {
        if (selection.Bits is not { } bits)
        {
            return null;
        }

        var places = new CodeBits(bits.Size);
        foreach (var codes in Have(selection))
        {
            codes.AddTo(places, selection.System!, bits);
        }

        return places;
    }

    private sealed class Codes
    {
        private readonly Dictionary<CodeSystem, CodeBits> bits = [];
        private readonly HashSet<string> listed = new(StringComparer.Ordinal);

        public void Add(CodeSelection selection)
        {
            if (selection.Bits is null)
            {
                listed.UnionWith(selection.Codes().Select(selection.Known));
            }
            else if (bits.TryGetValue(selection.System!, out var known))
            {
                known.Or(selection.Bits);
            }
            else
            {
                bits.Add(selection.System!, selection.Bits.Copy());
            }
        }

        public bool Has(string code) => listed.Contains(code) || bits.Any(b => b.Key.Find(code) is >= 0 and var place && b.Value[place]);

        /// <summary>Adds the places of these codes; of the wanted ones all of them, of others some.</summary>
        public void AddTo(CodeBits places, CodeSystem system, CodeBits wanted)
        {
            if (bits.TryGetValue(system, out var known))
            {
                places.Or(known);
            }

            if (bits.Count > (known is null ? 0 : 1) || listed.Count > wanted.Count)
            {
                foreach (var place in wanted.Members().Where(p => Has(system.Code(p))))
                {
                    places.Add(place);
                }

                return;
            }

            foreach (var place in listed.Select(system.Find).Where(p => p >= 0))
            {
                places.Add(place);
            }
        }
    }
}
