using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>What paths of a view definition see beside their focus.</summary>
internal sealed class ViewFocus
{
    /// <summary>The resource that makes the row.</summary>
    internal Element Resource { get; set; }

    /// <summary><c>%rowIndex</c>: the place of the focus among the items of the innermost iteration, from 0.</summary>
    internal int RowIndex { get; set; }
}
