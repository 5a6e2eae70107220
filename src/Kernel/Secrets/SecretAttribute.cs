namespace Salus.Kernel;

/// <summary>
/// Marks an option that is a secret: its value is in no message. Beside <c>X</c> the class has <c>XFile</c>, the path of a file that holds it
/// (<see cref="SecretText"/> reads whichever is set).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
