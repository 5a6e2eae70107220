using Salus.Fhir.Paths;

namespace Salus.Fhir.Views.Plan;

/// <summary>A column and where its value goes.</summary>
/// <param name="SqlType">The type that its tag asks for; null when it has none.</param>
internal sealed record PlannedColumn(int Index, ViewColumn Column, ViewPath Path, string Place, string? SqlType)
{
    /// <summary>Puts the value on a focus into the row.</summary>
    internal void Fill(RunState state, in PathValue focus, int index)
    {
        var values = state.Scratch;
        values.Clear();
        state.Evaluate(Path, focus, index, values, Place);
        state.Cells[Index] = Column.Collection ? List(values) : Single(values);
    }

    internal void Fill(RunState state, int slot)
    {
        var values = state.Scratch;
        values.Clear();
        state.Evaluate(Path, slot, values, Place);
        state.Cells[Index] = Column.Collection ? List(values) : Single(values);
    }

    private ViewCell Single(PathCollection values)
    {
        if (values.Count > 1)
        {
            throw new ViewFault(
                "value", Place, $"The column '{Column.Name}' has one value per row, but '{Path}' gives {values.Count}. Take first(), iterate with forEach, or set \"collection\": true");
        }

        return values.Count == 0 || !CellValue.Exists(values[0]) ? default : new ViewCell(Checked(values[0]));
    }

    private ViewCell List(PathCollection values)
    {
        var items = new List<PathValue>(values.Count);
        foreach (ref readonly var value in values.Span)
        {
            if (CellValue.Exists(value))
            {
                items.Add(Checked(value));
            }
        }

        return new ViewCell([.. items]);
    }

    private PathValue Checked(in PathValue value) => CellValue.Fits(value, Column.Kind) ? value : throw new ViewFault(
        "value", Place, $"The column '{Column.Name}' is of the type {SqlType ?? Column.Type ?? Column.Kind.ToString()}, but '{Path}' gives '{JsonNodes.Shorten(value.ToString())}', which is no such value");
}

/// <summary>Fills the columns of one select.</summary>
internal sealed class ColumnsStep(int slot, PlannedColumn[] columns, Step next) : Step
{
    internal override void Run(RunState state)
    {
        foreach (var column in columns)
        {
            column.Fill(state, slot);
        }

        next.Run(state);
    }
}
