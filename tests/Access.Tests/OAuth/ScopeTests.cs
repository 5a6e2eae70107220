using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Tests.OAuth;

public sealed class ScopeTests
{
    [Theory]
    // Version 1 and what it is equal to in version 2.
    [InlineData("patient/Observation.read", "Observation Read, Search", null)]
    [InlineData("patient/Observation.write", "Observation Create, Update, Delete", null)]
    [InlineData("user/*.*", "* All", null)]
    [InlineData("system/*.read", "* Read, Search", null)]
    // Version 2.
    [InlineData("patient/Observation.rs", "Observation Read, Search", null)]
    [InlineData("patient/Observation.cruds", "Observation All", null)]
    [InlineData("user/Encounter.c", "Encounter Create", null)]
    [InlineData("system/Patient.s", "Patient Search", null)]
    [InlineData("patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory", "Observation Read, Search", "category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory")]
    [InlineData("patient/Observation.rs?category=vital-signs&status=final", "Observation Read, Search", "category=vital-signs&status=final")]
    [InlineData("user/Condition.r?_tag=a", "Condition Read", "_tag=a")]
    public void A_scope_is_read(string text, string allows, string? criteria)
    {
        Assert.True(Scope.TryParse(text, out var scope));
        Assert.Equal(allows, $"{scope.Type} {scope.Allows}");
        Assert.Equal(criteria, scope.Criteria);
        Assert.Equal(text, scope.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("patient")]
    [InlineData("patient/Observation")]
    [InlineData("patient/Observation.")]
    [InlineData("patient/Observation.sr")] // the letters have an order
    [InlineData("patient/Observation.rr")]
    [InlineData("patient/Observation.x")]
    [InlineData("patient/Observation.RS")]
    [InlineData("patient/observation.rs")]
    [InlineData("patient/Nothing.rs")]
    [InlineData("patient/Resource.rs")] // abstract
    [InlineData("PATIENT/Observation.rs")]
    [InlineData("group/Observation.rs")]
    [InlineData("patient/Observation.rs ")]
    [InlineData("patient/Observation.rs\n")]
    [InlineData("patient/Observation.rs?")]
    [InlineData("patient/Observation.rs?category")]
    [InlineData("patient/Observation.rs?category=")]
    [InlineData("patient/Observation.rs?=a")]
    [InlineData("patient/Observation.rs?category=a&")]
    [InlineData("patient/Observation.rs?category=a?b=c")]
    [InlineData("patient/Observation.rs?subject.name=a")] // a chain looks into other resources
    [InlineData("patient/Observation.rs?_has:Group:member:_id=1")]
    [InlineData("patient/Observation.rs?_include=Observation:subject")]
    [InlineData("patient/Observation.rs?_count=1")]
    [InlineData("patient/*.rs?category=a")]
    [InlineData("patient/Observation.read?category=a")]
    [InlineData("patient/Observation/1.rs")]
    [InlineData("patient/../user/Observation.rs")]
    public void What_is_not_in_the_grammar_is_no_scope(string text) => Assert.False(Scope.TryParse(text, out _));

    [Theory]
    [InlineData("patient/Observation.rs", "Observation Read, Search Patients VeryRestricted False")]
    [InlineData("user/Observation.rs", "Observation Read, Search EveryResource VeryRestricted False")]
    [InlineData("system/Observation.rs", "Observation Read, Search EveryResource Normal True")]
    public void A_scope_becomes_a_grant(string text, string expected)
    {
        var grant = Assert.Single(ScopeSet.Parse(text).Grants("p1"));
        Assert.Equal(expected, $"{grant.Type} {grant.Allows} {grant.Reach.GetType().Name} {grant.Clearance} {grant.HeedsConsent}");
        Assert.Equal(text.StartsWith("patient", StringComparison.Ordinal), grant.Reach.Equals(Reach.Of("p1")));
    }

    [Fact]
    public void Without_a_patient_a_scope_of_patients_reaches_nobody() =>
        Assert.Equal(Reach.Of(), Assert.Single(ScopeSet.Parse("patient/*.cruds").Grants(null)).Reach);

    [Theory]
    [InlineData("patient/*.rs", "patient/Observation.rs", true)]
    [InlineData("patient/*.read", "patient/Observation.rs?category=a", true)]
    [InlineData("patient/Observation.cruds", "patient/Observation.r", true)]
    [InlineData("patient/Observation.rs", "patient/*.rs", false)]
    [InlineData("patient/Observation.rs", "patient/Observation.cruds", false)]
    [InlineData("patient/Observation.rs", "user/Observation.rs", false)]
    [InlineData("user/Observation.rs", "patient/Observation.rs", false)]
    [InlineData("patient/Observation.rs?category=a", "patient/Observation.rs", false)]
    [InlineData("patient/Observation.rs?category=a", "patient/Observation.rs?category=b", false)]
    [InlineData("openid", "openid", true)]
    [InlineData("openid", "offline_access", false)]
    public void One_scope_covers_another(string allowed, string asked, bool covers) =>
        Assert.Equal(covers, ScopeSet.Parse(asked).Within(ScopeSet.Parse(allowed)).Texts.Count == 1);

    [Fact]
    public void Random_texts_never_throw_and_what_is_read_is_in_the_grammar()
    {
        const string Letters = "patientusrcdsobervO./?*&=_: -%\n\u00e9";
        var random = new Random(5);
        for (var n = 0; n < 20_000; n++)
        {
            var text = "patient/Observation.rs?category=a".ToCharArray();
            for (var k = random.Next(1, 4); k > 0; k--)
            {
                text[random.Next(text.Length)] = Letters[random.Next(Letters.Length)];
            }

            Assert.True(!Scope.TryParse(new string(text), out var scope) || scope is { Type: "Observation", Context: ScopeContext.Patient });
        }
    }
}
