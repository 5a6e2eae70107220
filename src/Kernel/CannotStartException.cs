namespace Salus.Kernel;

/// <summary>
/// Salus cannot start, and a person has to do something about it. The message is one line: what is wrong, where, and the way out.
/// A program prints the message alone (no stack trace) and ends with an exit code other than zero.
/// </summary>
public sealed class CannotStartException(string message, Exception? inner = null) : Exception(message, inner);
