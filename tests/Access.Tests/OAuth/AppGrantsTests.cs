using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Tests.OAuth;

/// <summary>Which named permissions come with scopes.</summary>
public sealed class AppGrantsTests
{
    [Theory]
    [InlineData("system/Patient.rs", Permissions.Export)]
    [InlineData("system/RiskAssessment.c", Permissions.Scores)]
    [InlineData("system/RiskAssessment.cu system/Observation.rs", Permissions.Export, Permissions.Scores)]
    [InlineData("system/*.cruds", Permissions.Export, Permissions.Scores, Permissions.Telemetry)]
    [InlineData("system/Observation.c", Permissions.Telemetry)]
    [InlineData("system/Observation.c?category=vital-signs system/Observation.u")]
    [InlineData("system/RiskAssessment.u")]
    [InlineData("system/RiskAssessment.c?status=final")]
    [InlineData("user/RiskAssessment.c user/Patient.rs")]
    public void A_service_has_those_that_its_scopes_are_for(string scopes, params string[] permissions) =>
        Assert.Equal(permissions.Order(), new AppGrants().OfService("app", ScopeSet.Parse(scopes)).Permissions.Order());

    [Fact]
    public void An_app_of_a_user_has_none() => Assert.Empty(new AppGrants().Of("app", ScopeSet.Parse("user/RiskAssessment.cruds user/Patient.rs"), null).Permissions);
}
