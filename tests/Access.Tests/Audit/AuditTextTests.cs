using Salus.Access.Audit;

namespace Salus.Access.Tests.Audit;

public sealed class AuditTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("Müller", "Müller")]
    [InlineData("a\0b", "a\ufffdb")]
    [InlineData("a\u001fb", "a\ufffdb")]
    [InlineData("\U0001F600", "\U0001F600")]
    [InlineData("0123456789", "01234567")]
    [InlineData("0123456\U0001F600", "0123456")]
    public void Text_of_a_request_fits_its_column(string? text, string? expected) => Assert.Equal(expected, AuditText.Of(text, 8));

    // Not as data of the theory: the compiler keeps that as UTF-8, which has no lone surrogates.
    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("a\ufffdb", AuditText.Of("a\ud800b", 8));
}
