using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Host.Commands;

namespace Salus.Host.Tests;

/// <summary>What a command that opens the record logs of its own host.</summary>
public sealed class RecordHostTests : IDisposable
{
    private readonly Log log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_service_that_fails_in_the_middle_of_a_command_is_logged()
    {
        var builder = RecordHost.Builder(null);
        builder.Logging.AddProvider(log);
        builder.Services.AddHostedService<FailsLater>();
        using var host = builder.Build();
        await host.RunAsync();
        var (level, text) = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Critical, level);
        Assert.Contains("A BackgroundService has thrown an unhandled exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_is_left_to_the_command()
    {
        var builder = RecordHost.Builder(null);
        builder.Logging.AddProvider(log);
        builder.Services.AddHostedService<FailsAtStart>();
        using var host = builder.Build();
        await Assert.ThrowsAsync<InvalidDataException>(() => host.StartAsync());
        Assert.Empty(log.Lines);
    }

    private sealed class FailsLater : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidDataException("in the middle");
        }
    }

    private sealed class FailsAtStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidDataException("at the start");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Keeps what passes the filters.</summary>
    private sealed class Log : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
