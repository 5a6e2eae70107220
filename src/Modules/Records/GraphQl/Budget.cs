using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Records.Search;

namespace Salus.Records.GraphQl;

/// <summary>What is left of what one request may cost. For one request.</summary>
internal sealed class Budget(GraphQlOptions limits, TimeLeft time, int seconds, CancellationToken stop)
{
    private long answer = limits.MaxAnswerBytes;
    private long steps = limits.MaxPathSteps;
    private int resources = limits.MaxResources;
    private int searches = limits.MaxSearches;
    private int turns;

    public CancellationToken Stop => stop;

    /// <summary>How many resources may still be loaded.</summary>
    public int Resources => resources;

    /// <exception cref="GraphQlFault">There would be more than may be loaded.</exception>
    public void TakeResources(int count)
    {
        if ((resources -= count) < 0)
        {
            throw GraphQlFault.TooCostly($"The query loads more than {limits.MaxResources} resources (Salus:Records:GraphQl:MaxResources). Narrow it, take fewer with _count, or read on with the cursor of a Connection.");
        }
    }

    /// <exception cref="GraphQlFault">There would be more than may be run.</exception>
    public void TakeSearch()
    {
        if (--searches < 0)
        {
            throw GraphQlFault.TooCostly($"The query runs more than {limits.MaxSearches} searches (Salus:Records:GraphQl:MaxSearches). Ask in parts.");
        }
    }

    /// <summary>Counts a value of the answer.</summary>
    /// <exception cref="GraphQlFault">It would be too long, or took too long to make.</exception>
    public void TakeAnswer(long bytes)
    {
        if ((answer -= bytes) < 0)
        {
            throw GraphQlFault.TooCostly($"The answer has more than {limits.MaxAnswerBytes} bytes (Salus:Records:GraphQl:MaxAnswerBytes). Ask for fewer fields or fewer resources.");
        }

        // Asking the clock for each value would cost more than the value.
        if ((++turns & 1023) == 0)
        {
            Check();
        }
    }

    /// <exception cref="GraphQlFault">The time is over.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public void Check()
    {
        stop.ThrowIfCancellationRequested();
        if (time.IsOver)
        {
            throw GraphQlFault.TooCostly($"The query was stopped after {seconds} seconds (Salus:Records:SearchTimeoutSeconds). Narrow it, or ask in parts.");
        }
    }

    /// <summary>Evaluates an expression; null, or why it gives nothing.</summary>
    /// <param name="index">What <c>$index</c> is.</param>
    /// <exception cref="GraphQlFault">All expressions together cost too much.</exception>
    public PathError? Evaluate(FhirPath path, Element element, int index, PathCollection into)
    {
        Check();
        if (path.TryEvaluate(element, into, PathContext.Default with { Index = index }, ref steps, out var error))
        {
            return null;
        }

        return steps > 0 ? error : throw GraphQlFault.TooCostly($"The FHIRPath expressions cost more than {limits.MaxPathSteps} steps (Salus:Records:GraphQl:MaxPathSteps). Make them simpler, or ask for fewer resources.");
    }
}
