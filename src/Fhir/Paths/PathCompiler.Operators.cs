using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

internal sealed partial class PathCompiler
{
    private static PathNode Binary(BinarySyntax syntax, PathNode left, PathNode right)
    {
        var at = syntax.Position;
        StaticChecks.Operator(syntax.Operator, left, right, at);
        switch (syntax.Operator)
        {
            case BinaryOperator.Union:
                return left is EmptyNode ? Distinct(at, right) : right is EmptyNode ? Distinct(at, left) : new UnionNode(at, left, right);
            case BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Equivalent or BinaryOperator.NotEquivalent:
                var equivalent = syntax.Operator is BinaryOperator.Equivalent or BinaryOperator.NotEquivalent;
                return new EqualityNode(at, left, right, equivalent, syntax.Operator is BinaryOperator.NotEqual or BinaryOperator.NotEquivalent);
            case BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                return new OrderNode(at, syntax.Operator, left, right);
            case BinaryOperator.In:
                return new MembershipNode(at, left, right);
            case BinaryOperator.Contains:
                return new MembershipNode(at, right, left);
            case BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Xor or BinaryOperator.Implies:
                return new LogicNode(at, syntax.Operator, left, right);
            default:
                return new ArithmeticNode(at, syntax.Operator, left, right);
        }
    }

    // x | {} still drops what stands twice in x.
    private static UnionNode Distinct(int position, PathNode one) => new UnionNode(position, one, new EmptyNode(position));

    private static PathNode Unary(UnarySyntax syntax, PathNode operand)
    {
        if (operand is LiteralNode literal && Arithmetic.Sign(literal.Value, syntax.Negative) is { Kind: not PathKind.None } value)
        {
            return new LiteralNode(syntax.Position, value);
        }

        StaticChecks.Sign(operand, syntax.Position);
        return new SignNode(syntax.Position, syntax.Negative, operand);
    }
}
