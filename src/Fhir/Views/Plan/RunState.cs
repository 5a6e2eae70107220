using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Views.Plan;

/// <summary>What changes while a resource becomes rows: the row in the making, and what each iteration stands on.</summary>
internal sealed class RunState
{
    /// <summary>The most rows that one resource may make: siblings multiply, and nobody means more.</summary>
    private const int MostRows = 1_000_000;

    /// <summary>The most items that may be visited for one resource, rows or not.</summary>
    private const int MostVisits = 10_000_000;

    private readonly PathScope scope = new() { View = new ViewFocus() };
    private readonly Stack<PathCollection> free = new();
    private readonly PathContext context;
    private readonly ViewCell[] cells;
    private readonly PathValue[] foci;
    private readonly int[] indices;
    private IViewRows rows = null!;
    private int made;
    private int visits;

    internal RunState(View view, PathContext context)
    {
        this.context = context;
        cells = new ViewCell[view.Columns.Count];
        foci = new PathValue[view.Slots];
        indices = new int[view.Slots];
    }

    internal Span<ViewCell> Cells => cells;

    internal PathCollection Scratch { get; } = new();

    internal void Start(Element resource, IViewRows into)
    {
        rows = into;
        made = visits = 0;
        scope.Begin(resource, context);
        scope.View!.Resource = resource;
        foci[0] = PathValue.Of(resource);
        indices[0] = 0;
    }

    /// <summary>Stands on an item of an iteration.</summary>
    internal void Visit(int slot, in PathValue item, int index, string place)
    {
        if (++visits > MostVisits)
        {
            throw new ViewFault("too-costly", place, $"The view visits more than {MostVisits} items of one resource. Part it into several views");
        }

        foci[slot] = item;
        indices[slot] = index;
    }

    internal void Evaluate(ViewPath path, int slot, PathCollection into, string place) => Evaluate(path, foci[slot], indices[slot], into, place);

    internal void Evaluate(ViewPath path, in PathValue focus, int index, PathCollection into, string place)
    {
        scope.View!.RowIndex = index;
        if (!path.TryEvaluate(scope, focus, into, out var error))
        {
            var code = error.Kind switch { PathErrorKind.TooCostly => "too-costly", PathErrorKind.NotSupplied => "not-supported", _ => "processing" };
            throw new ViewFault(code, place, $"'{path}' cannot be evaluated: {error}");
        }
    }

    internal void Emit()
    {
        if (++made > MostRows)
        {
            throw new ViewFault("too-costly", "ViewDefinition.select", $"One resource makes more than {MostRows} rows: selects beside each other multiply their rows. Part the view into several");
        }

        rows.Add(cells);
    }

    internal PathCollection Rent() => free.TryPop(out var found) ? found : new PathCollection();

    internal void Return(PathCollection used)
    {
        used.Clear();
        free.Push(used);
    }
}
