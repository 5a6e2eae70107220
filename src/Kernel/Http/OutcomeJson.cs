using System.Text.Json;

namespace Salus.Kernel;

/// <summary>Writes OperationOutcome resources (http://hl7.org/fhir/R4/operationoutcome.html), for every edge of Salus.</summary>
public static class OutcomeJson
{
    /// <summary>A resource with these problems.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<Problem> problems, string severity = "error") => Write(writer, w =>
    {
        foreach (var problem in problems)
        {
            WriteIssue(w, severity, problem);
        }
    });

    /// <summary>A resource with the issues that are written inside of it.</summary>
    public static void Write(Utf8JsonWriter writer, Action<Utf8JsonWriter> issues)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "OperationOutcome"u8);
        writer.WriteStartArray("issue"u8);
        issues(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>An issue whose text begins with its place.</summary>
    public static void WriteIssue(Utf8JsonWriter writer, string severity, Problem problem) =>
        WriteIssue(writer, severity, problem.Code, problem.Path is null ? problem.Message : $"{problem.Path}: {problem.Message}", problem.Path);

    /// <summary>An issue.</summary>
    /// <param name="expression">The field that it is about; null when it is about none.</param>
    public static void WriteIssue(Utf8JsonWriter writer, string severity, string code, string diagnostics, string? expression)
    {
        writer.WriteStartObject();
        writer.WriteString("severity"u8, severity);
        writer.WriteString("code"u8, code);
        writer.WriteString("diagnostics"u8, diagnostics);
        if (expression is not null)
        {
            writer.WriteStartArray("expression"u8);
            writer.WriteStringValue(expression);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
