using Microsoft.Extensions.Logging;

namespace Salus.Simulation;

internal static partial class SimulationLog
{
    [LoggerMessage(9001, LogLevel.Information, "Filling the demo hospital: {Done} of {Bundles} bundles are there")]
    public static partial void FillStarted(ILogger logger, int done, int bundles);

    [LoggerMessage(9002, LogLevel.Information, "The demo hospital is complete: {Bundles} bundles")]
    public static partial void FillDone(ILogger logger, int bundles);

    [LoggerMessage(9003, LogLevel.Error, "Bundle {Number} of the demo hospital was refused: {Reasons}")]
    public static partial void BundleRefused(ILogger logger, int number, string reasons);

    [LoggerMessage(9004, LogLevel.Error, "The demo hospital could not be filled; the next start goes on with it")]
    public static partial void FillFailed(ILogger logger, Exception exception);

    [LoggerMessage(9005, LogLevel.Information, "{Monitors} simulated monitors measure patients of the demo hospital")]
    public static partial void MonitorsStarted(ILogger logger, int monitors);

    [LoggerMessage(9006, LogLevel.Warning, "The simulated monitors of the demo hospital stopped, and are tried again")]
    public static partial void MonitorsFailed(ILogger logger, Exception exception);

    [LoggerMessage(9007, LogLevel.Warning, "{Count} values of simulated monitors were rejected, the last for: {Reason}")]
    public static partial void SamplesRejected(ILogger logger, long count, string reason);
}
