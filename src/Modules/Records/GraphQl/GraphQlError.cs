using GraphQLParser;
using GraphQLParser.AST;
using Salus.Kernel;

namespace Salus.Records.GraphQl;

/// <summary>One entry of <c>errors</c> (http://hl7.org/fhir/R4/graphql.html#errors).</summary>
/// <param name="Code">A FHIR <c>issue-type</c>.</param>
/// <param name="Message">What is wrong, and the way out.</param>
/// <param name="Line">In the document, from 1; 0 where it stands nowhere in it.</param>
/// <param name="Column">From 1.</param>
internal sealed record GraphQlError(string Code, string Message, int Line = 0, int Column = 0)
{
    /// <summary>Where in the answer; null for what never was executed.</summary>
    public PathStep? Path { get; init; }

    /// <summary>At a node of the document.</summary>
    public static GraphQlError At(ASTNode node, ROM source, string code, string message)
    {
        var place = Location.FromLinearPosition(source, node.Location.Start);
        return new GraphQlError(code, message, place.Line, place.Column);
    }

    /// <summary>One for each problem of a failure.</summary>
    public static IEnumerable<GraphQlError> Of(Failure failure, PathStep? path = null, int line = 0, int column = 0) =>
        failure.Problems.Select(p => new GraphQlError(p.Code, p.Message, line, column) { Path = path });
}

/// <summary>A place in the answer: the key of a field or the index in a list, and where that stands.</summary>
internal sealed record PathStep(PathStep? Parent, object Name)
{
    /// <summary>From the root: texts and whole numbers.</summary>
    public IReadOnlyList<object> Steps
    {
        get
        {
            var steps = new List<object>();
            for (var step = this; step is not null; step = step.Parent)
            {
                steps.Add(step.Name);
            }

            steps.Reverse();
            return steps;
        }
    }
}

/// <summary>Ends a request: it cannot be understood, or costs too much. Never leaves this folder.</summary>
internal sealed class GraphQlFault(FailureKind kind, params IReadOnlyList<GraphQlError> errors) : Exception(errors[0].Message)
{
    public FailureKind Kind { get; } = kind;

    public IReadOnlyList<GraphQlError> Errors { get; } = errors;

    /// <summary>A limit was reached.</summary>
    public static GraphQlFault TooCostly(string message) => new(FailureKind.TooCostly, new GraphQlError("too-costly", message));

    /// <summary>What is wrong has no place in the document.</summary>
    public static GraphQlFault Invalid(string message) => new(FailureKind.Invalid, new GraphQlError("invalid", message));
}
