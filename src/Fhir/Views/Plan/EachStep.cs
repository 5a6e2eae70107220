using Salus.Fhir.Paths;

namespace Salus.Fhir.Views.Plan;

/// <summary>forEach and forEachOrNull: goes on once for each item of a path.</summary>
/// <param name="from">The slot of the focus that the path starts from.</param>
/// <param name="slot">The slot that stands on the items.</param>
/// <param name="body">What is done for each item; it ends in <paramref name="next"/>.</param>
/// <param name="orNull">What fills the row where there is no item; null for forEach, which then makes no row.</param>
internal sealed class EachStep(int from, int slot, ViewPath path, string place, Step body, NullColumns? orNull, Step next) : Step
{
    internal override void Run(RunState state)
    {
        var items = state.Rent();
        state.Evaluate(path, from, items, place);
        for (var i = 0; i < items.Count; i++)
        {
            state.Visit(slot, items[i], i, place);
            body.Run(state);
        }

        var none = items.Count == 0;
        state.Return(items);
        if (none && orNull is not null)
        {
            orNull.Fill(state);
            next.Run(state);
        }
    }
}

/// <summary>The columns of a select whose forEachOrNull found nothing: null, but %rowIndex is 0.</summary>
/// <param name="first">The first of them.</param>
/// <param name="count">How many they are, those of nested selects included.</param>
/// <param name="indexed">Those whose path has %rowIndex.</param>
internal sealed class NullColumns(int first, int count, PlannedColumn[] indexed)
{
    internal void Fill(RunState state)
    {
        state.Cells.Slice(first, count).Clear();
        foreach (var column in indexed)
        {
            column.Fill(state, default, 0);
        }
    }
}
