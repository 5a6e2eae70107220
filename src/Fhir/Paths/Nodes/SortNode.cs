using System.Runtime.InteropServices;

namespace Salus.Fhir.Paths.Nodes;

/// <summary>One key of <c>sort()</c>.</summary>
internal readonly record struct SortKey(PathNode Value, bool Descending);

/// <summary><c>sort(keys)</c>: a stable sort; without keys by the items themselves. An item without a value for a key comes first, descending or not.</summary>
internal sealed class SortNode(int position, PathNode source, SortKey[] keys) : PathNode(position, source.Type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        var rows = new List<(PathValue[] Keys, int Index)>(values.Count);
        var (outer, outerIndex) = (scope.This, scope.Index);
        for (var i = 0; i < values.Count; i++)
        {
            (scope.This, scope.Index) = (values[i], i);
            rows.Add((KeysOf(scope), i));
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        Sort(rows, scope);
        foreach (var (_, index) in rows)
        {
            into.Add(values[index]);
        }

        scope.Return(values);
    }

    private PathValue[] KeysOf(PathScope scope)
    {
        scope.Charge(1 + keys.Length, Position);
        if (keys.Length == 0)
        {
            return [Read(scope.This, scope)];
        }

        var found = new PathValue[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var values = scope.Rent();
            keys[i].Value.Evaluate(scope, values);
            found[i] = Read(Singleton.Only(values, keys[i].Value.Position), scope);
            scope.Return(values);
        }

        return found;
    }

    private PathValue Read(in PathValue item, PathScope scope)
    {
        scope.Charge(SystemValue.Cost(item), Position);
        return SystemValue.Of(item);
    }

    // The framework's sort wraps what its comparison throws, and wants a total order, which values of different precision do not have: a merge
    // sort needs neither.
    private void Sort(List<(PathValue[] Keys, int Index)> rows, PathScope scope)
    {
        var from = rows.ToArray();
        var to = new (PathValue[] Keys, int Index)[from.Length];
        for (var width = 1; width < from.Length; width *= 2)
        {
            for (var start = 0; start < from.Length; start += 2 * width)
            {
                Merge(from, to, start, Math.Min(start + width, from.Length), Math.Min(start + (2 * width), from.Length), scope);
            }

            (from, to) = (to, from);
        }

        from.CopyTo(CollectionsMarshal.AsSpan(rows));
    }

    private void Merge((PathValue[] Keys, int Index)[] from, (PathValue[] Keys, int Index)[] to, int start, int middle, int end, PathScope scope)
    {
        var (left, right) = (start, middle);
        for (var at = start; at < end; at++)
        {
            to[at] = left < middle && (right >= end || Compare(from[left].Keys, from[right].Keys, scope) <= 0) ? from[left++] : from[right++];
        }
    }

    private int Compare(PathValue[] a, PathValue[] b, PathScope scope)
    {
        for (var i = 0; i < a.Length; i++)
        {
            scope.Charge(SystemValue.Cost(a[i]) + SystemValue.Cost(b[i]), Position);
            if (a[i].Kind == PathKind.None || b[i].Kind == PathKind.None)
            {
                if (a[i].Kind != b[i].Kind)
                {
                    return a[i].Kind == PathKind.None ? -1 : 1;
                }
            }
            else if (Ordering.Compare(a[i], b[i], Position) is { } order && order != 0)
            {
                return keys.Length > 0 && keys[i].Descending ? -order : order;
            }
        }

        return 0;
    }
}
