namespace Salus.Records.Import;

/// <summary>A text that should be one resource, or the reason why there is none.</summary>
/// <param name="File">Name for messages.</param>
/// <param name="Line">Line in an NDJSON file, from 1; null otherwise.</param>
internal readonly record struct SourcePiece(string File, int? Line, ReadOnlyMemory<byte> Text, string? Error = null);
