using Salus.Fhir.Json;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>What one evaluation carries: the variables, what it may still cost, and collections to reuse. One thread at a time.</summary>
internal sealed class PathScope
{
    private readonly Stack<PathCollection> free = new();
    private readonly List<PathCollection?> defined = [];
    private PathContext outside = PathContext.Default;
    private long steps = PathLimits.Default.Steps;
    private int at;
    private FhirDateTime? now;
    private (Element Bundle, BundleIndex Index)? entries;

    internal PathValue This { get; set; }

    internal int Index { get; set; }

    internal PathCollection? Total { get; set; }

    /// <summary><c>%context</c>: what the whole expression is evaluated on.</summary>
    internal Element Context { get; set; }

    internal PathContext Outside => outside;

    /// <summary>What the paths of a view definition see besides; null for all others.</summary>
    internal ViewFocus? View { get; set; }

    /// <summary>Where the evaluation was when it last paid.</summary>
    internal int At => at;

    /// <summary>The time that <c>now()</c> gives, the same for a whole evaluation.</summary>
    internal FhirDateTime Now
    {
        get
        {
            if (now is null)
            {
                var local = outside.Clock.GetLocalNow();
                var wall = (local.DateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond * 1000;
                now = new FhirDateTime(wall, TimePrecision.Fraction, 3, (short)local.Offset.TotalMinutes);
            }

            return now.Value;
        }
    }

    internal void Begin(Element focus, PathContext context)
    {
        (outside, steps, at, now) = (context, context.Limits.Steps, 0, null);
        (This, Index, Total, Context) = (focus.Exists ? PathValue.Of(focus) : default, context.Index, null, focus);
    }

    /// <summary>The same, with what is left of a budget that several evaluations share.</summary>
    internal void Begin(Element focus, PathContext context, long left)
    {
        Begin(focus, context);
        steps = left;
    }

    /// <summary>What it may still pay; less than 0 when that was not enough.</summary>
    internal long Left => steps;

    /// <summary>Lets go of the documents.</summary>
    internal void End()
    {
        (outside, This, Total, Context, entries) = (PathContext.Default, default, null, default, null);
        defined.Clear();
    }

    /// <summary>Pays for work; a fault when there is nothing left to pay with.</summary>
    internal void Charge(long cost, int position)
    {
        at = position;
        if ((steps -= cost) < 0)
        {
            throw new PathFault($"The evaluation took more than {outside.Limits.Steps:N0} steps", position, PathErrorKind.TooCostly);
        }
    }

    /// <summary>Pays for text that is about to be made.</summary>
    internal void ChargeText(long length, int position)
    {
        LimitText(length, position);
        Charge(1 + (length / 64), position);
    }

    /// <summary>A fault when a text that grows has grown too long.</summary>
    internal void LimitText(long length, int position)
    {
        if (length > outside.Limits.TextLength)
        {
            throw new PathFault($"A text of more than {outside.Limits.TextLength:N0} characters would be made", position, PathErrorKind.TooCostly);
        }
    }

    /// <summary>The entries of a bundle; remembered for the one that was asked last.</summary>
    internal BundleIndex Entries(Element bundle, int position)
    {
        if (entries is not { } known || !ReferenceEquals(known.Bundle.Document, bundle.Document) || known.Bundle.Index != bundle.Index)
        {
            entries = known = (bundle, new BundleIndex(bundle));
            Charge(known.Index.Entries, position);
        }

        return known.Index;
    }

    internal PathCollection Rent()
    {
        var rented = free.TryPop(out var found) ? found : new PathCollection();
        rented.Most = outside.Limits.Items;
        return rented;
    }

    internal void Return(PathCollection used)
    {
        used.Clear();
        if (used.IsSmall)
        {
            free.Push(used);
        }
    }

    /// <summary>The collection behind a variable of <c>defineVariable()</c>.</summary>
    internal PathCollection Defined(int slot)
    {
        while (defined.Count <= slot)
        {
            defined.Add(null);
        }

        return defined[slot] ??= Rent();
    }
}
