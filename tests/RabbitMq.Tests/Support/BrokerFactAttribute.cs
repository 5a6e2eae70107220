namespace Salus.RabbitMq.Tests.Support;

/// <summary>A test with a real broker and an MQTT client: skipped without them, except on a build machine, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerFactAttribute : FactAttribute
{
    /// <summary>Skips without the programs.</summary>
    public BrokerFactAttribute()
    {
        if ((TestBroker.Program is null || !File.Exists(Mosquitto.Program)) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "needs RabbitMQ and mosquitto_pub (Debian: apt-get install rabbitmq-server mosquitto-clients)";
        }
    }
}
