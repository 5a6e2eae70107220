using Salus.Fhir.Search;

namespace Salus.Records.Storage;

/// <summary>A text that a resource is found by, once, however many of its parameters find it.</summary>
/// <param name="ParameterSet">The number of these parameters together: <see cref="ParameterSets"/>.</param>
/// <param name="Value">The text, folded.</param>
/// <param name="Original">The text as it was written.</param>
internal readonly record struct IndexedString(int ParameterSet, string Value, string Original)
{
    /// <summary>The same from values; the set of each must be known to the catalog.</summary>
    public static List<IndexedString> Of(List<StringText> texts, Catalog catalog) =>
        texts.ConvertAll(t => new IndexedString(catalog.ParameterSets.Number(t.Parameters), FoldedText.Fold(t.Text), t.Text));
}

/// <summary>A text of a resource and the numbers of the parameters that find it, ascending.</summary>
internal readonly record struct StringText(int[] Parameters, string Text)
{
    /// <summary>Every distinct text of the values, in the order of code units.</summary>
    public static List<StringText> Of(List<StringValue> values, Catalog catalog)
    {
        if (values.Count == 0)
        {
            return [];
        }

        var all = values.ConvertAll(v => (v.Text, Parameter: catalog.Number(v.Parameter)));
        all.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text) is var order and not 0 ? order : a.Parameter.CompareTo(b.Parameter));
        var texts = new List<StringText>();
        var parameters = new List<int>();
        for (var i = 0; i < all.Count; i++)
        {
            if (parameters.Count == 0 || parameters[^1] != all[i].Parameter)
            {
                parameters.Add(all[i].Parameter);
            }

            if (i + 1 == all.Count || all[i + 1].Text != all[i].Text)
            {
                texts.Add(new StringText([.. parameters], all[i].Text));
                parameters.Clear();
            }
        }

        return texts;
    }
}
