using System.Text.Json;
using Salus.Kernel;

namespace Salus.Monitoring.Alerts;

/// <summary>Where an alert is in its life. Stored: never change a number.</summary>
internal enum AlertStatus : short
{
    Raised = 1,
    /// <summary>Somebody's screen has shown it.</summary>
    Delivered = 2,
    Acknowledged = 3,
    /// <summary>Nobody acknowledged it in time, or somebody passed it on.</summary>
    Escalated = 4,
    Resolved = 5,
}

/// <summary>An alert as it is stored. Immutable.</summary>
internal sealed record Alert
{
    public required Guid Id { get; init; }

    public required Tenant Tenant { get; init; }

    public required string Patient { get; init; }

    public required string Rule { get; init; }

    public required int RuleVersion { get; init; }

    public required string Title { get; init; }

    public required AlertPriority Priority { get; init; }

    public required AlertStatus Status { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    /// <summary>What the one who acknowledged, passed on, snoozed or resolved it said.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public string? EscalatedTo { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who resolved it; <c>rule</c> where what it was raised for had ended, <c>system</c> where the patient is under monitoring no more.</summary>
    public string? ResolvedBy { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>The JSON of <see cref="AlertWhy"/>.</summary>
    public required string Why { get; init; }

    /// <summary>Greater with every change of any alert.</summary>
    public required long Change { get; init; }

    /// <summary>A list of them.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<Alert> alerts)
    {
        writer.WriteStartArray();
        foreach (var alert in alerts)
        {
            alert.Write(writer);
        }

        writer.WriteEndArray();
    }

    /// <summary>As clients get it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, Id);
        writer.WriteString("patient"u8, Patient);
        writer.WriteString("rule"u8, Rule);
        writer.WriteString("title"u8, Title);
        writer.WriteString("priority"u8, Priority.ToString().ToLowerInvariant());
        writer.WriteString("status"u8, Status.ToString().ToLowerInvariant());
        Write(writer, "raisedAt", RaisedAt);
        Write(writer, "deliveredAt", DeliveredAt);
        Write(writer, "acknowledgedAt", AcknowledgedAt);
        Write(writer, "acknowledgedBy", AcknowledgedBy);
        Write(writer, "reason", Reason);
        Write(writer, "escalatedAt", EscalatedAt);
        Write(writer, "escalatedTo", EscalatedTo);
        Write(writer, "resolvedAt", ResolvedAt);
        Write(writer, "resolvedBy", ResolvedBy);
        Write(writer, "snoozedUntil", SnoozedUntil);
        writer.WritePropertyName("why"u8);
        writer.WriteRawValue(Why);
        writer.WriteNumber("seq"u8, Change);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? at)
    {
        if (at is { } known)
        {
            writer.WriteString(name, known);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}

/// <summary>Is told of every change of an alert, once it is committed. Must not block or throw.</summary>
internal interface IAlertObserver
{
    void Changed(Alert alert);
}
