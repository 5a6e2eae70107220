namespace Salus.Kernel;

/// <summary>Names of what may be allowed beside resources.</summary>
public static class Permissions
{
    /// <summary>See the system page, health in detail, explanations of searches.</summary>
    public const string SystemView = "system.view";

    /// <summary>Reindex, restart deliveries, take up jobs of others.</summary>
    public const string SystemManage = "system.manage";

    /// <summary>Read <c>/metrics</c>.</summary>
    public const string Metrics = "metrics.read";

    /// <summary>Invite, change, lock users; give and take roles.</summary>
    public const string Users = "users.manage";

    /// <summary>Make tenants and name them. In no role: it is for the administrator of the machine.</summary>
    public const string Tenants = "tenants.manage";

    /// <summary>Register apps and take their tokens away.</summary>
    public const string Apps = "apps.manage";

    /// <summary>Search the audit trail.</summary>
    public const string Audit = "audit.read";

    /// <summary>Open the record of a patient whom one does not care for.</summary>
    public const string BreakGlass = "breakglass.use";

    /// <summary>Judge what was opened so.</summary>
    public const string BreakGlassReview = "breakglass.review";

    /// <summary>Bulk export (<c>$export</c>), beside the search permission for each type.</summary>
    public const string Export = "data.export";

    /// <summary>Bulk import (<c>$import</c>).</summary>
    public const string Import = "data.import";

    /// <summary>Run views and read their tables, beside the search permission for their type.</summary>
    public const string Views = "views.run";

    /// <summary>Send what devices measure (<c>/telemetry</c>).</summary>
    public const string Telemetry = "telemetry.send";

    /// <summary>See devices, rejected data and the burden of alarms.</summary>
    public const string Monitoring = "monitoring.view";

    /// <summary>Change the rules of alerts.</summary>
    public const string MonitoringManage = "monitoring.manage";

    /// <summary>Send what models think of patients (<c>/monitoring/scores</c>).</summary>
    public const string Scores = "scores.send";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [SystemView, SystemManage, Metrics, Users, Tenants, Apps, Audit, BreakGlass, BreakGlassReview, Export, Import, Views, Telemetry, Monitoring, MonitoringManage, Scores];
}
