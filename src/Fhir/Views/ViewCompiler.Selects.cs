using Salus.Fhir.Paths;
using Salus.Fhir.Views.Plan;

namespace Salus.Fhir.Views;

internal sealed partial class ViewCompiler
{
    /// <summary>Compiles a select and adds its columns: its own, then those of nested selects, then those of the union.</summary>
    private Bound Bind(ViewSelect select, Focus from, List<PlannedColumn> columns)
    {
        var iterated = Iterated(select, from, out var type);
        var bound = new Bound(select, from, select.Iteration == Iteration.None ? from : new Focus(type, slots++, OfResource: false));
        bound.Iterated.AddRange(iterated);
        foreach (var column in select.Columns)
        {
            if (Column(column, bound.Own, columns) is { } planned)
            {
                bound.Columns.Add(planned);
            }
        }

        bound.Selects.AddRange(select.Selects.Select(s => Bind(s, bound.Own, columns)));
        Union(select, bound, columns);
        return bound;
    }

    // Every branch has the same columns at the same places, so each is bound as if it were the only one.
    private void Union(ViewSelect select, Bound bound, List<PlannedColumn> columns)
    {
        var before = columns.Count;
        List<PlannedColumn>? first = null;
        foreach (var branch in select.Unions)
        {
            var own = columns[..before];
            bound.Unions.Add(Bind(branch, bound.Own, own));
            if (first is null)
            {
                first = own;
                continue;
            }

            if (Difference(first[before..], own[before..]) is { } difference)
            {
                Wrong(branch.Place, $"Each branch of unionAll has the same columns in the same order as the first one: {difference}.", "structure");
            }
        }

        if (first is not null)
        {
            columns.AddRange(first[before..]);
        }
    }

    private static string? Difference(List<PlannedColumn> first, List<PlannedColumn> other)
    {
        var (wanted, given) = (first.Select(c => c.Column).ToList(), other.Select(c => c.Column).ToList());
        if (!wanted.Select(c => c.Name).SequenceEqual(given.Select(c => c.Name), StringComparer.Ordinal))
        {
            return $"that one has {string.Join(", ", wanted.Select(c => c.Name))}, this one {string.Join(", ", given.Select(c => c.Name))}";
        }

        var at = wanted.Zip(given).FirstOrDefault(p => (p.First.Kind, p.First.Collection) != (p.Second.Kind, p.Second.Collection));
        return at.First is null ? null : $"there '{at.First.Name}' is {Describe(at.First)}, here {Describe(at.Second)}";
    }

    private static string Describe(ViewColumn column) => $"{(column.Collection ? "a collection of " : "")}{column.Type ?? column.Kind.ToString()}";

    private PlannedColumn? Column(DefinedColumn column, Focus focus, List<PlannedColumn> columns)
    {
        if (columns.Any(c => c.Column.Name == column.Name))
        {
            Wrong($"{column.Place}.name", $"The column '{column.Name}' is defined twice. Give one of them another name.", "duplicate");
        }

        var path = Path(column.Path, focus);
        var inferred = path is null ? (ColumnKind.Json, null) : ColumnTypes.OfPath(path.Type);
        var kind = column.Type is null ? inferred.Item1 : ColumnTypes.OfType(column.Type, definitions);
        if (kind is null)
        {
            Wrong($"{column.Place}.type", $"'{JsonNodes.Shorten(column.Type!)}' is not a type of FHIR R4 or FHIRPath, such as string, decimal, Period.", "code-invalid");
        }

        if (column.SqlType is not null && (kind = ColumnTypes.OfSql(column.SqlType)) is null)
        {
            Wrong($"{column.Place}.tag", $"The tag ansi/type has '{JsonNodes.Shorten(column.SqlType)}', which is not a type here. Take BOOLEAN, INTEGER, BIGINT, DECIMAL, DOUBLE PRECISION, CHARACTER VARYING, DATE or TIMESTAMP.", "code-invalid");
        }

        // Without a path there is an issue already; the column still counts, so that unions are compared as they were meant.
        var planned = new PlannedColumn(columns.Count, new ViewColumn(column.Name, kind ?? ColumnKind.Json, column.Collection, column.Type ?? inferred.Item2), path!, column.Path.Place, column.SqlType);
        columns.Add(planned);
        return path is null ? null : planned;
    }

    private List<(ViewPath Path, string Place)> Iterated(ViewSelect select, Focus from, out StaticType type)
    {
        if (select.Iteration == Iteration.Repeat)
        {
            return Repeated(select, from, out type);
        }

        type = StaticType.Any;
        var found = new List<(ViewPath, string)>();
        foreach (var text in select.Iterated)
        {
            if (Path(text, from) is { } path)
            {
                found.Add((path, text.Place));
                type = path.Type;
            }
        }

        return found;
    }

    /// <summary>
    /// A path of repeat starts from the focus and from all that any of the paths reaches, so types are gathered until there are no more. An element that none of them has
    /// reaches nothing (the official tests ask for it): a type that is reached elsewhere may have it.
    /// </summary>
    private List<(ViewPath Path, string Place)> Repeated(ViewSelect select, Focus from, out StaticType type)
    {
        var known = from.Type;
        while (true)
        {
            var found = new List<(ViewPath, string)>();
            type = StaticType.Nothing;
            foreach (var text in select.Iterated)
            {
                if (ViewPath.TryCompile(text.Text, definitions, known, ofResource: false, view.Constants, out var path, out var error))
                {
                    found.Add((path, text.Place));
                    type = type.Or(path.Type);
                    asksTerminology |= path.AsksTerminology;
                }
                else if (!error.NoElement)
                {
                    Wrong(text.Place, $"'{JsonNodes.Shorten(text.Text)}' cannot be used: {error}.", "invalid");
                    return [];
                }
            }

            var next = known.Or(type);
            if (next.IsAny || next.Fhir.Length == known.Fhir.Length || found.Count == 0)
            {
                return found;
            }

            known = next;
        }
    }

    /// <summary>Links the steps of a select in front of <paramref name="next"/>.</summary>
    private static Step Link(Bound select, Step next)
    {
        var body = next;
        if (select.Unions.Count > 0)
        {
            body = new UnionStep([.. select.Unions.Select(u => Link(u, next))]);
        }

        for (var i = select.Selects.Count - 1; i >= 0; i--)
        {
            body = Link(select.Selects[i], body);
        }

        if (select.Columns.Count > 0)
        {
            body = new ColumnsStep(select.Own.Slot, [.. select.Columns], body);
        }

        return select.Select.Iteration switch
        {
            Iteration.None => body,
            Iteration.Repeat => new RepeatStep(select.From.Slot, select.Own.Slot, [.. select.Iterated], body),
            _ => new EachStep(select.From.Slot, select.Own.Slot, select.Iterated[0].Path, select.Iterated[0].Place, body, Nulls(select), next),
        };
    }

    private static NullColumns? Nulls(Bound select)
    {
        if (select.Select.Iteration != Iteration.ForEachOrNull)
        {
            return null;
        }

        var all = select.AllColumns.ToList();
        var places = all.Select(c => c.Index).Distinct().ToList();
        // Of a union, the first branch speaks for all.
        return new NullColumns(places.Min(), places.Count, [.. all.Where(c => c.Path.UsesRowIndex).DistinctBy(c => c.Index)]);
    }
}
