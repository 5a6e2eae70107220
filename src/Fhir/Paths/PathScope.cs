using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>What one evaluation carries: the variables, and collections to reuse. One thread at a time.</summary>
internal sealed class PathScope
{
    private readonly Stack<PathCollection> free = new();

    internal PathValue This { get; set; }

    internal int Index { get; set; }

    internal PathCollection? Total { get; set; }

    /// <summary><c>%context</c>: what the whole expression is evaluated on.</summary>
    internal Element Context { get; set; }

    /// <summary>The time that <c>now()</c> gives, the same for a whole evaluation.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>What the paths of a view definition see besides; null for all others.</summary>
    internal ViewFocus? View { get; set; }

    internal PathCollection Rent() => free.TryPop(out var found) ? found : new PathCollection();

    internal void Return(PathCollection used)
    {
        used.Clear();
        free.Push(used);
    }
}
