using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Views.Plan;

namespace Salus.Fhir.Views;

/// <summary>Gives a view's paths their meaning and links its steps. Columns are found on the way down, steps are linked on the way back.</summary>
internal sealed partial class ViewCompiler
{
    private const int MostColumns = 1000;

    private readonly ViewDefinition view;
    private readonly FhirDefinitions definitions;
    private readonly List<Issue> issues;
    private int slots = 1;
    private bool asksTerminology;

    private ViewCompiler(ViewDefinition view, FhirDefinitions definitions, List<Issue> issues)
    {
        this.view = view;
        this.definitions = definitions;
        this.issues = issues;
    }

    /// <summary>Null when the resource type is not known; complete only when no issue was added.</summary>
    internal static View? Compile(ViewDefinition view, FhirDefinitions definitions, List<Issue> issues) => new ViewCompiler(view, definitions, issues).Compile();

    private View? Compile()
    {
        if (definitions.Resource(view.Resource) is not { } type)
        {
            if (view.Resource.Length > 0)
            {
                Wrong("ViewDefinition.resource", $"'{JsonNodes.Shorten(view.Resource)}' is not a resource type of FHIR R4. Names are case-sensitive: Patient, Observation.", "code-invalid");
            }

            return null;
        }

        var columns = new List<PlannedColumn>();
        var root = new Focus(StaticType.Of([type]), 0, OfResource: true);
        var selects = view.Selects.Select(s => Bind(s, root, columns)).ToList();
        var where = view.Where.Select(w => (w.Place, Path: Condition(w, root))).Where(w => w.Path is not null).Select(w => (w.Place, w.Path!)).ToList();
        if (columns.Count > MostColumns)
        {
            Wrong("ViewDefinition.select", $"The view has {columns.Count} columns; it may have {MostColumns}. Part it into several views.", "too-costly");
        }

        if (issues.Count > 0)
        {
            return null;
        }

        Step step = new EmitStep();
        for (var i = selects.Count - 1; i >= 0; i--)
        {
            step = Link(selects[i], step);
        }

        return new View(view, type) { Columns = [.. columns.Select(c => c.Column)], Where = where, First = step, Slots = slots, AsksTerminology = asksTerminology };
    }

    private ViewPath? Condition(PathText where, Focus root)
    {
        var path = Path(where, root);
        if (path is not null && ColumnTypes.OfPath(path.Type) is not (ColumnKind.Boolean or ColumnKind.Json, _) && !path.Type.IsNothing)
        {
            Wrong(where.Place, $"The condition '{path}' gives {ColumnTypes.OfPath(path.Type).Type}; it has to be true or false. Compare it, or ask with exists().", "value");
        }

        return path;
    }

    private ViewPath? Path(PathText text, Focus focus)
    {
        if (ViewPath.TryCompile(text.Text, definitions, focus.Type, focus.OfResource, view.Constants, out var path, out var error))
        {
            asksTerminology |= path.AsksTerminology;
            return path;
        }

        Wrong(text.Place, $"'{JsonNodes.Shorten(text.Text)}' cannot be used: {error}.", "invalid");
        return null;
    }

    private void Wrong(string place, string message, string code) => issues.Add(new Issue(IssueSeverity.Error, code, message, place));

    /// <summary>What paths start from.</summary>
    /// <param name="Type">What it can be.</param>
    /// <param name="Slot">Where the running view keeps it.</param>
    /// <param name="OfResource">True when it is the view's resource.</param>
    private sealed record Focus(StaticType Type, int Slot, bool OfResource);

    /// <summary>A select whose paths are compiled.</summary>
    private sealed record Bound(ViewSelect Select, Focus From, Focus Own)
    {
        public List<(ViewPath Path, string Place)> Iterated { get; } = [];

        public List<PlannedColumn> Columns { get; } = [];

        public List<Bound> Selects { get; } = [];

        public List<Bound> Unions { get; } = [];

        /// <summary>All of its columns, those of nested selects included; of a union those of each branch.</summary>
        public IEnumerable<PlannedColumn> AllColumns => Columns.Concat(Selects.SelectMany(s => s.AllColumns)).Concat(Unions.SelectMany(u => u.AllColumns));
    }
}
