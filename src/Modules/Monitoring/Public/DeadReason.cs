using Salus.Kernel;

namespace Salus.Monitoring;

/// <summary>Why a message with device data is never taken, and goes where somebody can look at it.</summary>
/// <param name="Code">A word for headers and metrics.</param>
/// <param name="Message">What is wrong and the way out, for people.</param>
public sealed record DeadReason(string Code, string Message)
{
    private const int Longest = 1000;

    /// <summary><see cref="Message"/>, not longer than a header should be.</summary>
    public string Short => Message.Length > Longest ? Message[..Longest] : Message;

    /// <summary>Null for what may be brought again.</summary>
    public static DeadReason? Of(Failure failure) => failure.Kind switch
    {
        FailureKind.Busy or FailureKind.Unavailable => null,
        FailureKind.TooLarge => new DeadReason("too-large", $"{failure}"),
        FailureKind.UnsupportedMediaType => new DeadReason("unsupported-type", $"{failure}"),
        FailureKind.Forbidden => new DeadReason("forbidden", $"{failure}"),
        _ => new DeadReason("malformed", $"{failure}"),
    };
}
