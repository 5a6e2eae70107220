using System.Text.Json;
using Salus.Fhir;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>The one place where failures become HTTP statuses and OperationOutcome resources (http://hl7.org/fhir/R4/operationoutcome.html).</summary>
internal static class OperationOutcome
{
    public static int Status(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => 400,
        FailureKind.NotFound => 404,
        FailureKind.Gone => 410,
        FailureKind.Conflict => 409,
        FailureKind.PreconditionFailed => 412,
        FailureKind.Forbidden => 403,
        FailureKind.NotSupported => 400,
        FailureKind.UnsupportedMediaType => 415,
        FailureKind.NotAcceptable => 406,
        FailureKind.TooLarge => 413,
        FailureKind.TooCostly or FailureKind.Unprocessable => 422,
        _ => 503,
    };

    public static Reply Reply(Failure failure) => new(Status(failure.Kind)) { Body = Json(failure.Problems) };

    public static Reply Reply(int status, string code, string message) => new(status) { Body = Json([new Problem(code, message)]) };

    public static Reply Reply(int status, IReadOnlyList<Problem> problems) => new(status) { Body = Json(problems) };

    /// <summary>A failure of validation or reading, from the engine's issues.</summary>
    public static Failure Failure(IReadOnlyList<Issue> issues) =>
        new(FailureKind.Invalid, [.. issues.Where(i => i.Severity >= IssueSeverity.Error).Select(i => new Problem(i.Code, i.Message, i.Path))]);

    public static Failure Failure(Issue issue) => new(FailureKind.Invalid, issue.Code, issue.Message, issue.Path);

    /// <summary>An outcome that says what was done, and nothing that is wrong.</summary>
    public static byte[] Information(string message) => Json([new Problem("informational", message)], "information");

    /// <summary>One error, whose message names its place already.</summary>
    /// <param name="expression">The field that it is about; null when it is about none.</param>
    public static byte[] Error(string code, string message, string? expression) => Json(writer => WriteIssue(writer, "error", code, message, expression));

    /// <summary>The answer of a validation: all issues with their severity, or that there is none.</summary>
    public static Reply Validation(IReadOnlyList<Issue> issues) => new(200)
    {
        Body = Json(writer =>
        {
            foreach (var issue in issues.Count > 0 ? issues : [new Issue(IssueSeverity.Information, "informational", "Nothing is wrong with it.")])
            {
                WriteIssue(writer, JsonNamingPolicy.CamelCase.ConvertName(issue.Severity.ToString()), new Problem(issue.Code, issue.Message, issue.Path));
            }
        }),
    };

    private static byte[] Json(IReadOnlyList<Problem> problems, string severity = "error") => Json(writer => WriteIssues(writer, problems, severity));

    private static byte[] Json(Action<Utf8JsonWriter> issues)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            Write(writer, issues);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Problem> problems, string severity = "error") => Write(writer, w => WriteIssues(w, problems, severity));

    private static void Write(Utf8JsonWriter writer, Action<Utf8JsonWriter> issues)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "OperationOutcome"u8);
        writer.WriteStartArray("issue"u8);
        issues(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteIssues(Utf8JsonWriter writer, IReadOnlyList<Problem> problems, string severity)
    {
        foreach (var problem in problems)
        {
            WriteIssue(writer, severity, problem);
        }
    }

    private static void WriteIssue(Utf8JsonWriter writer, string severity, Problem problem) =>
        WriteIssue(writer, severity, problem.Code, problem.Path is null ? problem.Message : $"{problem.Path}: {problem.Message}", problem.Path);

    private static void WriteIssue(Utf8JsonWriter writer, string severity, string code, string diagnostics, string? expression)
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
