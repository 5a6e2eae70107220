using Salus.Access;
using Salus.Simulation;

namespace Salus.Host.Web;

/// <summary>Gives the demo hospital an account for each role and apps to try, so that it can be looked at from every side. A record that is no demo gets none; where nobody has an
/// account then, the code for the first administrator is printed.</summary>
internal sealed partial class DemoPeople(DemoProgress demo, AccessOptions options, IServiceProvider services, ILogger<DemoPeople> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.SignIn)
        {
            return;
        }

        try
        {
            if (await demo.Team.WaitAsync(stoppingToken) is { } team)
            {
                await MakeAsync(team, stoppingToken);
            }

            await FirstAdministrator.AnnounceAsync(services, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task MakeAsync(DemoTeam team, CancellationToken ct)
    {
        try
        {
            await DemoAccounts.MakeAsync(services, People(team), ct);
            await DemoApps.EnsureAsync(services, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The server goes on; the next start tries again.
            NotMade(log, e);
        }
    }

    private static List<DemoPerson> People(DemoTeam team) =>
    [
        new("physician", team.Physician.Name, team.Physician.Reference, [team.Ward]),
        new("nurse", team.Nurse.Name, team.Nurse.Reference, [team.Ward]),
        new("administrator", "Administrator", null, []),
        new("operations-manager", "Operations manager", null, []),
        new("analyst", "Analyst", null, []),
        new("executive", "Executive", null, []),
        new("researcher", "Researcher", team.Physician.Reference, []),
        new("patient", team.Patient.Name, team.Patient.Reference, []),
        new("privacy-officer", "Privacy officer", null, []),
    ];

    [LoggerMessage(1, LogLevel.Error, "The accounts of the demo hospital could not be made; the next start tries again.")]
    private static partial void NotMade(ILogger logger, Exception exception);
}
