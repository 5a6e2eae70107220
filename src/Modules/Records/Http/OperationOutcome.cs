using System.Text.Json;
using Salus.Fhir;
using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>The one place where failures below <c>/fhir</c> become OperationOutcome resources (http://hl7.org/fhir/R4/operationoutcome.html).</summary>
internal static class OperationOutcome
{
    public static int Status(FailureKind kind) => Refused.Status(kind);

    public static Reply Reply(Failure failure) => new(failure is { Kind: FailureKind.Forbidden, Problems: [{ Code: "login" }, ..] } ? 401 : Status(failure.Kind)) { Body = Json(failure.Problems) };

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
    public static byte[] Error(string code, string message, string? expression) => Json(writer => OutcomeJson.WriteIssue(writer, "error", code, message, expression));

    /// <summary>The answer of a validation: all issues with their severity, or that there is none.</summary>
    public static Reply Validation(IReadOnlyList<Issue> issues) => new(200)
    {
        Body = Json(writer =>
        {
            foreach (var issue in issues.Count > 0 ? issues : [new Issue(IssueSeverity.Information, "informational", "Nothing is wrong with it.")])
            {
                OutcomeJson.WriteIssue(writer, JsonNamingPolicy.CamelCase.ConvertName(issue.Severity.ToString()), new Problem(issue.Code, issue.Message, issue.Path));
            }
        }),
    };

    private static byte[] Json(IReadOnlyList<Problem> problems, string severity = "error") => Bytes(writer => OutcomeJson.Write(writer, problems, severity));

    private static byte[] Json(Action<Utf8JsonWriter> issues) => Bytes(writer => OutcomeJson.Write(writer, issues));

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
