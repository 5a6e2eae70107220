using Salus.Access.Accounts;
using Salus.Access.Roles;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Roles;

public sealed class RoleTableTests
{
    private static readonly RoleTable Table = RoleTable.Of(new AccessOptions());

    [Fact]
    public void Every_resource_type_is_in_exactly_one_group()
    {
        var grouped = Table.Groups.SelectMany(g => g.Types).GroupBy(t => t, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        Assert.DoesNotContain(grouped, g => g.Value > 1);
        Assert.DoesNotContain(FhirDefinitions.R4.ResourceTypes, t => !grouped.ContainsKey(t.Name));
    }

    [Fact]
    public void No_role_but_the_privacy_officer_opens_what_is_very_restricted() =>
        Assert.Equal(["privacy-officer"], Table.Rows.Where(r => r.Clearance == Confidentiality.VeryRestricted).SelectMany(r => r.Roles).Distinct());

    [Fact]
    public void Who_runs_the_machine_or_counts_or_watches_sees_no_facts_of_named_patients()
    {
        var facts = Table.Groups.Single(g => g.Name == "facts").Types;
        foreach (var role in (string[])["administrator", "executive", "privacy-officer"])
        {
            var permit = Table.Of(Account(role, "Practitioner/1"));
            Assert.All(facts, t => Assert.Null(permit.For(t, Interactions.Read)));
            Assert.All(facts, t => Assert.Null(permit.For(t, Interactions.Search)));
        }

        Assert.Null(Table.Of(Account("analyst", "Practitioner/1")).For("Patient", Interactions.Search));
    }

    [Fact]
    public void A_physician_without_a_resource_of_their_own_cares_for_nobody()
    {
        var permit = Table.Of(Account("physician", null));
        Assert.Null(permit.For("Observation", Interactions.Read));
        Assert.NotNull(permit.For("Patient", Interactions.Search));
    }

    [Fact]
    public void A_physician_reads_and_writes_facts_of_those_in_their_care_and_deletes_none()
    {
        var permit = Table.Of(Account("physician", "Practitioner/1"));
        var grant = Assert.Single(Assert.Single(permit.For("Observation", Interactions.Update)!));
        Assert.Equal(new Reach.Care("Practitioner/1", []), grant.Reach);
        Assert.Equal(Confidentiality.Restricted, grant.Clearance);
        Assert.True(grant.HeedsConsent);
        Assert.Null(permit.For("Observation", Interactions.Delete));
    }

    [Theory]
    [InlineData("Patient/2", true)]
    [InlineData("RelatedPerson/3", true)]
    [InlineData("Practitioner/1", false)]
    public void The_own_record_is_that_of_a_patient_or_of_whom_one_stands_in_for(string person, bool any)
    {
        var grants = Table.Of(Account("patient", person)).For("Condition", Interactions.Read);
        Assert.Equal(any, grants is not null);
        if (any)
        {
            Assert.Equal(new Reach.Own(person), grants![0].Single().Reach);
            Assert.False(grants[0].Single().HeedsConsent);
        }
    }

    [Fact]
    public void An_account_without_roles_may_do_nothing()
    {
        var permit = Table.Of(Account(null, "Practitioner/1"));
        Assert.All(FhirDefinitions.R4.ResourceTypes, t => Assert.Null(permit.For(t.Name, Interactions.Read)));
        Assert.Empty(permit.Permissions);
    }

    [Fact]
    public void The_same_roles_give_the_same_permit() =>
        Assert.Same(Table.Of(Account("nurse", "Practitioner/1")), Table.Of(Account("nurse", "Practitioner/1")));

    [Theory]
    [InlineData("[rows]\nnurse | Patient | rs | all | N |", "line 2: 'nurse' is no role")]
    [InlineData("[roles]\nnurse | cares\n[rows]\nnurse | Patent | rs | all | N |", "line 4: 'Patent' is no resource type")]
    [InlineData("[roles]\nnurse | cares\n[rows]\nnurse | Patient | rx | all | N |", "'x' is none of c, r, u, d, s")]
    [InlineData("[roles]\nnurse | cares\n[rows]\nnurse | Patient | rs | everyone | N |", "'everyone' is no condition")]
    [InlineData("[roles]\nnurse | cares\n[rows]\nnurse | Patient | rs | all | X |", "'X' is no clearance")]
    [InlineData("[roles]\nnurse | cares\n[rows]\nnurse | Patient | rs | all", "has 6 columns")]
    [InlineData("[roles]\nnurse | cares\n[permissions]\nnurse | everything", "'everything' is no permission")]
    [InlineData("nurse | cares", "is no section")]
    public void A_mistake_in_the_table_is_told_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<CannotStartException>(() => new RoleTableReader("own.txt").Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_page_in_the_documentation_is_the_table()
    {
        var path = Path.Combine(Sources.Root, "docs/access.md");
        var page = File.ReadAllText(path);
        const string Begin = "<!-- table -->\n";
        const string End = "<!-- /table -->";
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var table = RolePage.Markdown(Table);
        if (page[from..to] != table && Environment.GetEnvironmentVariable("SALUS_WRITE_ACCESS") == "1")
        {
            File.WriteAllText(path, page[..from] + table + page[to..]);
            return;
        }

        Assert.True(page[from..to] == table, "docs/access.md is not the table of permissions. Run this test with SALUS_WRITE_ACCESS=1, and commit the page.");
    }

    private static Account Account(string? role, string? person) => new(Guid.NewGuid(), Tenant.Default, "name", "Name", role is null ? [] : [role]) { Person = person };
}
