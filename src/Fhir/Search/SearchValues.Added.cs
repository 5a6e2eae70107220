using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Nodes;

namespace Salus.Fhir.Search;

// What parameters that are not R4's own may cost on one resource, together, and what became of them.
public sealed partial class SearchValues
{
    // About a tenth of a second, and more for a large resource.
    private const long Steps = 2_000_000;
    private const long StepsPerNode = 200;

    private Element resource;
    private PathScope? scope;
    private long left;

    /// <summary>The first parameter that could not be evaluated; null when all were.</summary>
    public SearchFault? Fault { get; private set; }

    internal void Begin(Element start)
    {
        (resource, scope) = (start, null);
        left = Steps + (StepsPerNode * start.Document.Nodes.Length);
    }

    internal bool TryEvaluate(FhirPath path, ResourceParameter parameter, Element focus, PathCollection into)
    {
        if (path.TryEvaluate(focus, into, PathContext.Default, ref left, out var error))
        {
            return true;
        }

        Fault ??= new SearchFault(parameter, error);
        return false;
    }

    internal bool Holds(PathNode condition, ResourceParameter parameter, Element element)
    {
        scope ??= new PathScope();
        scope.Begin(resource, PathContext.Default, left);
        scope.This = PathValue.Of(element);
        try
        {
            return condition.Test(scope) == true;
        }
        catch (PathFault fault)
        {
            Fault ??= new SearchFault(parameter, fault.In(PathErrorKind.Execution, scope.At));
            return false;
        }
        finally
        {
            left = scope.Left;
        }
    }
}
