using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Tests.Paths;

public class PathParserTests
{
    [Theory]
    [InlineData("a.b.c", "((a.b).c)")]
    [InlineData("a.where(b = 1).c[0]", "((a.where((b Equal 1)).c)[0])")]
    [InlineData("1 + 2 * 3 - 4", "((1 Add (2 Multiply 3)) Subtract 4)")]
    [InlineData("-a.b", "(-(a.b))")]
    [InlineData("- - 1", "(-(-1))")]
    [InlineData("a | b | c", "((a Union b) Union c)")]
    [InlineData("a | b is Patient", "(a Union (b is Patient))")]
    [InlineData("a = b | c", "(a Equal (b Union c))")]
    [InlineData("a > b is Boolean", "(a Greater (b is Boolean))")]
    [InlineData("a and b or c implies d", "(((a And b) Or c) Implies d)")]
    [InlineData("a or b and c", "(a Or (b And c))")]
    [InlineData("a in b and c contains d", "((a In b) And (c Contains d))")]
    [InlineData("a & b + c", "((a Concatenate b) Add c)")]
    [InlineData("a div b mod c", "((a Div b) Mod c)")]
    [InlineData("a = b in c", "((a Equal b) In c)")]
    [InlineData("a < b = c", "((a Less b) Equal c)")]
    [InlineData("a !~ b", "(a NotEquivalent b)")]
    [InlineData("(a as System.Quantity).value", "((a as System.Quantity).value)")]
    [InlineData("a.as(Quantity)", "a.as(Quantity)")]
    [InlineData("contains.is.as.in", "(((contains.is).as).in)")]
    [InlineData("`div`.`a b`", "(div.a b)")]
    [InlineData("%resource.id", "(%resource.id)")]
    [InlineData("%`ext-x`", "%ext-x")]
    [InlineData("$this.x", "($this.x)")]
    [InlineData("{}", "{}")]
    [InlineData(@"'a\'b\\\u0041\n'", "a'b\\A\n")]
    [InlineData("4 days", "4 day")]
    [InlineData("4.5 'mg'", "4.5 'mg'")]
    [InlineData("1.first()", "1.first()")]
    [InlineData("@2015-02-04T14:34:28.123+09:00", "2015-02-04T14:34:28.123+09:00")]
    [InlineData("@2015", "2015")]
    [InlineData("@2015-02T", "2015-02")]
    [InlineData("@T14:34", "14:34")]
    [InlineData("a // to the end\n.b /* here */ .c", "((a.b).c)")]
    public void An_expression_is_read_with_the_right_precedence(string text, string tree) => Assert.Equal(tree, Write(PathParser.Parse(text)));

    [Theory]
    [InlineData("", 0)]
    [InlineData("a.", 2)]
    [InlineData("a b", 2)]
    [InlineData("a.where(", 8)]
    [InlineData("a.where(b", 9)]
    [InlineData("a[1", 3)]
    [InlineData("(a", 2)]
    [InlineData("a +", 3)]
    [InlineData("a and", 5)]
    [InlineData("and", 0)]
    [InlineData("a.div", 2)]
    [InlineData("'open", 0)]
    [InlineData("a = `open", 4)]
    [InlineData(@"'a\q'", 2)]
    [InlineData("a /* open", 2)]
    [InlineData("a # b", 2)]
    [InlineData("$that", 0)]
    [InlineData("a.$this", 2)]
    [InlineData("a is 1", 5)]
    [InlineData("@2015-2", 0)]
    [InlineData("@2015-02-30", 0)]
    [InlineData("@T25", 0)]
    [InlineData("99999999999", 0)]
    [InlineData("% resource", 0)]
    public void A_mistake_is_named_with_its_position(string text, int position)
    {
        Assert.False(FhirPath.TryCompile(text, FhirDefinitions.R4, null, out _, out var error));
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void An_expression_that_nests_too_deeply_is_refused()
    {
        Assert.False(FhirPath.TryCompile(new string('(', 300) + "a" + new string(')', 300), FhirDefinitions.R4, null, out _, out var error));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_that_is_too_long_is_refused()
    {
        var chain = string.Join(".", Enumerable.Repeat("extension", 5000));
        Assert.False(FhirPath.TryCompile(chain, FhirDefinitions.R4, null, out _, out var error));
        Assert.Contains("more than 2000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_names_compiles_and_runs()
    {
        var chain = string.Join(".", Enumerable.Repeat("extension", 999));
        Assert.True(FhirPath.TryCompile(chain, FhirDefinitions.R4, FhirDefinitions.R4.Type("Patient"), out var path, out _));
        Assert.True(path.TryEvaluate(Search.Extraction.Read("""{"resourceType":"Patient"}""").Root, new PathCollection(), out _));
    }

    private static string Write(PathSyntax tree) => tree switch
    {
        LiteralSyntax literal => literal.Value?.ToString() ?? "{}",
        VariableSyntax variable => "$" + variable.Name,
        ConstantSyntax constant => "%" + constant.Name,
        MemberSyntax { Source: null } member => member.Name,
        MemberSyntax member => $"({Write(member.Source!)}.{member.Name})",
        FunctionSyntax function => $"{(function.Source is null ? "" : Write(function.Source) + ".")}{function.Name}({string.Join(", ", function.Arguments.Select(Write))})",
        IndexerSyntax indexer => $"({Write(indexer.Source)}[{Write(indexer.Index)}])",
        UnarySyntax unary => $"({(unary.Negative ? "-" : "+")}{Write(unary.Operand)})",
        BinarySyntax binary => $"({Write(binary.Left)} {binary.Operator} {Write(binary.Right)})",
        TypeSyntax type => $"({Write(type.Operand)} {(type.IsTest ? "is" : "as")} {type.TypeName})",
        _ => throw new InvalidOperationException(),
    };
}
