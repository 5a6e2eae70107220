namespace Salus.Kafka.Tests.Support;

/// <summary>A test with librdkafka and its mock cluster: skipped without the library, except on a build machine, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KafkaFactAttribute : FactAttribute
{
    /// <summary>Skips without the library.</summary>
    public KafkaFactAttribute()
    {
        if (MockLibrary.File is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "needs librdkafka: run eng/get-librdkafka.sh once, or name its file in SALUS_LIBRDKAFKA";
        }
    }
}
