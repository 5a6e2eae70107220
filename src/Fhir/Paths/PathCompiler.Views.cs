using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    /// <summary>Compiles for a focus of which several types are possible, or a System type.</summary>
    internal static PathNode Compile(PathSyntax tree, FhirDefinitions definitions, StaticType context) =>
        new PathCompiler(definitions, context, PathOptions.Default).Compile(tree, new ThisNode(0, context));
}
