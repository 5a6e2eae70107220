namespace Salus.Fhir.Paths;

/// <summary>Existence, subsets and combinations (http://hl7.org/fhirpath/N1/#existence, #subsetting, #combining).</summary>
internal static partial class PathFunctions
{
    private static void AddSubsets(Dictionary<string, PathFunction> all)
    {
        all["count"] = new(0, 0, StaticType.Integer, static (call, into) => into.Add(PathValue.Of(call.Input.Count)));
        all["first"] = Keep(0, static (call, into) => Range(call, 0, 1, into)) with { NeedsOrder = true };
        all["last"] = Keep(0, static (call, into) => Range(call, call.Input.Count - 1, 1, into)) with { NeedsOrder = true };
        all["tail"] = Keep(0, static (call, into) => Range(call, 1, int.MaxValue, into)) with { NeedsOrder = true };
        all["skip"] = Keep(1, static (call, into) => Range(call, Math.Max(0, Number(call, "skip")), int.MaxValue, into)) with { NeedsOrder = true, ArgumentsTake = Kinds.Integer };
        all["take"] = Keep(1, static (call, into) => Range(call, 0, Number(call, "take"), into)) with { NeedsOrder = true, ArgumentsTake = Kinds.Integer };
        all["single"] = Keep(0, static (call, into) => Range(call, 0, Singleton.Only(call.Input, call.Position).Kind == PathKind.None ? 0 : 1, into));
        all["distinct"] = Keep(0, static (call, into) => DistinctItems.Add(call.Input, into, into.Count, call.Scope, call.Position));
        all["isDistinct"] = Condition(0, static call => IsDistinct(call));
        all["allTrue"] = Condition(0, static call => Each(call, "allTrue", wanted: false) is false) with { Takes = Kinds.Boolean };
        all["anyTrue"] = Condition(0, static call => Each(call, "anyTrue", wanted: true)) with { Takes = Kinds.Boolean };
        all["allFalse"] = Condition(0, static call => Each(call, "allFalse", wanted: true) is false) with { Takes = Kinds.Boolean };
        all["anyFalse"] = Condition(0, static call => Each(call, "anyFalse", wanted: false)) with { Takes = Kinds.Boolean };
        all["subsetOf"] = Condition(1, static call => With(call, 0, static (call, other) => IsSubset(call.Input, other, call.Scope, call.Position)));
        all["supersetOf"] = Condition(1, static call => With(call, 0, static (call, other) => IsSubset(other, call.Input, call.Scope, call.Position)));
        all["intersect"] = Keep(1, static (call, into) => Select(call, into, wanted: true));
        all["exclude"] = Keep(1, static (call, into) => Select(call, into, wanted: false));
        all["union"] = new(1, 1, StaticType.Any, static (call, into) => Union(call, into));
        all["combine"] = new(1, 1, StaticType.Any, static (call, into) =>
        {
            into.AddRange(call.Input.Span);
            call.Arguments[0].Evaluate(call.Scope, into);
        });
    }

    private static PathFunction Keep(int arguments, Action<PathCall, PathCollection> body) => new(arguments, arguments, StaticType.Any, body, KeepsType: true);

    private static PathFunction Condition(int arguments, Func<PathCall, bool?> test) => new(arguments, arguments, StaticType.Boolean, (call, into) =>
    {
        if (test(call) is { } value)
        {
            into.Add(PathValue.Of(value));
        }
    });

    private static int Number(in PathCall call, string name) =>
        IntegerArgument(call, 0, name) ?? throw new PathFault($"{name}() takes an integer, and there is none", call.Position);

    private static void Range(in PathCall call, int from, int count, PathCollection into)
    {
        for (var i = Math.Max(from, 0); i < call.Input.Count && i - (long)from < count; i++)
        {
            into.Add(call.Input[i]);
        }
    }

    // True when one of the items is the wanted Boolean.
    private static bool Each(in PathCall call, string name, bool wanted)
    {
        var found = false;
        foreach (ref readonly var item in call.Input.Span)
        {
            var value = SystemValue.Of(item);
            if (value.Kind != PathKind.Boolean)
            {
                throw call.Unfit(name, value);
            }

            found |= value.Boolean == wanted;
        }

        return found;
    }

    private static bool IsDistinct(in PathCall call)
    {
        var once = call.Scope.Rent();
        DistinctItems.Add(call.Input, once, 0, call.Scope, call.Position);
        var result = once.Count == call.Input.Count;
        call.Scope.Return(once);
        return result;
    }

    private static bool? With(in PathCall call, int argument, Func<PathCall, PathCollection, bool?> test)
    {
        var other = call.Scope.Rent();
        call.Arguments[argument].Evaluate(call.Scope, other);
        var result = test(call, other);
        call.Scope.Return(other);
        return result;
    }

    private static bool? IsSubset(PathCollection part, PathCollection whole, PathScope scope, int position)
    {
        foreach (ref readonly var item in part.Span)
        {
            if (!Equality.IsAmong(item, whole, scope, position))
            {
                return false;
            }
        }

        return true;
    }

    // intersect gives each item once; exclude keeps duplicates and order.
    private static void Select(in PathCall call, PathCollection into, bool wanted)
    {
        var (other, chosen) = (call.Scope.Rent(), call.Scope.Rent());
        call.Arguments[0].Evaluate(call.Scope, other);
        foreach (ref readonly var item in call.Input.Span)
        {
            if (Equality.IsAmong(item, other, call.Scope, call.Position) == wanted)
            {
                chosen.Add(item);
            }
        }

        if (wanted)
        {
            DistinctItems.Add(chosen, into, into.Count, call.Scope, call.Position);
        }
        else
        {
            into.AddRange(chosen.Span);
        }

        call.Scope.Return(other);
        call.Scope.Return(chosen);
    }

    private static void Union(in PathCall call, PathCollection into)
    {
        var both = call.Scope.Rent();
        both.AddRange(call.Input.Span);
        call.Arguments[0].Evaluate(call.Scope, both);
        DistinctItems.Add(both, into, into.Count, call.Scope, call.Position);
        call.Scope.Return(both);
    }
}
