using System.Globalization;

namespace Salus.Fhir.Xml;

/// <summary>Ends a translation with a message for the sender. Never leaves this folder.</summary>
#pragma warning disable CA1032, CA1064 // It is thrown and caught here only.
internal sealed class XmlFault(string message, string? path = null) : Exception(message)
#pragma warning restore CA1032, CA1064
{
    /// <summary>The element, when the thrower knows it.</summary>
    internal string? Path => path;

    internal static Issue Fatal(string message, string? path) => new(IssueSeverity.Fatal, "structure", message, path);

    internal static string Place(int line, int column) =>
        string.Create(CultureInfo.InvariantCulture, $"(line {Math.Max(1, line)}, column {Math.Max(1, column)})");
}
