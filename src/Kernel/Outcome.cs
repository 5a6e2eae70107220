using System.Diagnostics.CodeAnalysis;

namespace Salus.Kernel;

/// <summary>Why an operation was refused. Each kind maps to one HTTP status and one FHIR issue type, in one place: the web edge of a module.</summary>
public enum FailureKind
{
    /// <summary>The input is malformed or breaks a rule of FHIR.</summary>
    Invalid,
    /// <summary>There is no such thing.</summary>
    NotFound,
    /// <summary>It was there and has been deleted.</summary>
    Gone,
    /// <summary>Somebody else changed it meanwhile; reading again and retrying may succeed.</summary>
    Conflict,
    /// <summary>A condition that the caller set (If-Match, a conditional reference) does not hold.</summary>
    PreconditionFailed,
    /// <summary>The input is well-formed, and what it asks for cannot be done with what is there: a patch whose test fails.</summary>
    Unprocessable,
    /// <summary>The caller may not do this.</summary>
    Forbidden,
    /// <summary>Salus does not do this.</summary>
    NotSupported,
    /// <summary>The body's media type or encoding is not one that Salus reads.</summary>
    UnsupportedMediaType,
    /// <summary>The answer's media type that was asked for is not one that Salus writes.</summary>
    NotAcceptable,
    /// <summary>The input is larger than the configured limit.</summary>
    TooLarge,
    /// <summary>The question would cost more than the configured limit.</summary>
    TooCostly,
    /// <summary>More is waiting than is taken at once; the same call may succeed later.</summary>
    Busy,
    /// <summary>A resource that is needed, such as the database, is away; the same call may succeed later.</summary>
    Unavailable,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Code">A FHIR <c>issue-type</c> code (http://hl7.org/fhir/R4/valueset-issue-type.html), such as <c>structure</c> or <c>value</c>.</param>
/// <param name="Message">What is wrong, and the way out, for a person.</param>
/// <param name="Path">The FHIRPath or JSON place of it, such as <c>Patient.birthDate</c>; null when it has none.</param>
public sealed record Problem(string Code, string Message, string? Path = null);

/// <summary>A refused operation: its kind and everything that was found wrong, at least one problem.</summary>
public sealed record Failure(FailureKind Kind, IReadOnlyList<Problem> Problems)
{
    /// <summary>A failure with one problem.</summary>
    public Failure(FailureKind kind, string code, string message, string? path = null)
        : this(kind, [new Problem(code, message, path)])
    {
    }

    /// <summary>All messages, for a log or a terminal.</summary>
    public override string ToString() =>
        string.Join("; ", Problems.Select(p => p.Path is null ? p.Message : $"{p.Path}: {p.Message}"));
}

/// <summary>A value, or the reason why there is none. Expected failures travel as values; exceptions are for bugs and lost resources.</summary>
public readonly struct Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, Failure? failure)
    {
        this.value = value;
        Failure = failure;
    }

    /// <summary>The failure, or null when there is a value.</summary>
    public Failure? Failure { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none: ask <see cref="Failed"/> first.</exception>
    public T Value => Failure is null ? value! : throw new InvalidOperationException($"No value: {Failure}");

    /// <summary>True, and the failure, when there is no value.</summary>
    public bool Failed([NotNullWhen(true)] out Failure? failure)
    {
        failure = Failure;
        return failure is not null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Failure failure) => new(default, failure);
}
