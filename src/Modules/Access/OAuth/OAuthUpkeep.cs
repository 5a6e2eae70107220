using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Every ten minutes: the next key when it is time, and away with what has expired.</summary>
internal sealed class OAuthUpkeep(SigningKeys keys, TokenStore store, IOptions<AccessOptions> options, TimeProvider time, ILogger<OAuthUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => !options.Value.SignIn ? Task.CompletedTask : new WorkLoop(time, (e, _) => AccessLog.UpkeepFailed(log, e), Pause, Pause).RunAsync(
        async ct =>
        {
            await keys.RotateAsync(ct);
            await store.SweepAsync(ct);
            await Task.Delay(Pause, time, ct);
        },
        stoppingToken);
}
