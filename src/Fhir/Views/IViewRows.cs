namespace Salus.Fhir.Views;

/// <summary>Takes the rows that a view makes.</summary>
public interface IViewRows
{
    /// <summary>Takes one row: a cell per column, in the view's order. The cells are valid during the call only.</summary>
    void Add(ReadOnlySpan<ViewCell> row);
}
