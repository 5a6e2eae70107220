using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    /// <summary>Compiles for a focus of which several types are possible, or a System type; also says whether a function in it asks terminology.</summary>
    internal static (PathNode Root, bool AsksTerminology) Compile(PathSyntax tree, FhirDefinitions definitions, StaticType context)
    {
        var compiler = new PathCompiler(definitions, context, PathOptions.Default);
        var root = compiler.Compile(tree, new ThisNode(0, context));
        return (root, compiler.asksTerminology);
    }
}
