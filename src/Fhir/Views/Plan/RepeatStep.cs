using System.Runtime.CompilerServices;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Views.Plan;

/// <summary>repeat: goes on once for each item that the paths reach, again and again from what they reached, parents before their children.</summary>
internal sealed class RepeatStep(int from, int slot, (ViewPath Path, string Place)[] paths, Step body) : Step
{
    /// <summary>Elements nest as deep as JSON is read; a path that gives its own input would never end.</summary>
    private const int MostLevels = Json.ResourceReader.MaxDepth;

    internal override void Run(RunState state)
    {
        var index = 0;
        foreach (var (path, place) in paths)
        {
            var items = state.Rent();
            state.Evaluate(path, from, items, place);
            Each(state, items, ref index, 1, place);
            state.Return(items);
        }
    }

    private void Each(RunState state, PathCollection items, ref int index, int level, string place)
    {
        // Repetitions inside of each other add up, each within its levels.
        if (level > MostLevels || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ViewFault("too-costly", place, "The repetition does not end: a path gives what it was asked of. Use paths that lead to children, such as item");
        }

        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            state.Visit(slot, item, index++, place);
            body.Run(state);
            foreach (var (path, at) in paths)
            {
                var found = state.Rent();
                state.Evaluate(path, item, 0, found, at);
                Each(state, found, ref index, level + 1, at);
                state.Return(found);
            }
        }
    }
}
