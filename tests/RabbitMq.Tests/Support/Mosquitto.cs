using System.Diagnostics;

namespace Salus.RabbitMq.Tests.Support;

/// <summary>An MQTT client that others wrote: mosquitto_pub.</summary>
internal static class Mosquitto
{
    public const string Program = "/usr/bin/mosquitto_pub";

    /// <summary>Publishes one message with QoS 1; returns when the broker has confirmed it, with null, or what went wrong.</summary>
    public static async Task<string?> PublishAsync(TestBroker broker, string topic, byte[] body, string user = "guest", string password = "guest")
    {
        var start = new ProcessStartInfo(Program, ["-h", "127.0.0.1", "-p", $"{broker.MqttPort}", "-u", user, "-P", password, "-V", "mqttv311", "-q", "1", "-t", topic, "-s"])
        {
            RedirectStandardInput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(body);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all: its exit code says it.
        }

        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode == 0 ? null : $"{process.ExitCode}: {errors}";
    }
}
