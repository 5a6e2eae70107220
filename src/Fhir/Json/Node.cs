namespace Salus.Fhir.Json;

/// <summary>What a JSON value is.</summary>
public enum JsonKind : byte
{
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

[Flags]
internal enum NodeFlags : byte
{
    None = 0,
    /// <summary>The string has backslash escapes.</summary>
    Escaped = 1,
    /// <summary>The property name starts with an underscore: id and extensions of a primitive.</summary>
    Shadow = 2,
    /// <summary>The object has at least one <see cref="Shadow"/> property.</summary>
    HasShadows = 4,
    /// <summary>The property name itself has backslash escapes.</summary>
    EscapedName = 8,
}

/// <summary>One JSON value on the tape of a document: offsets into its bytes, and what the definitions say of it. 24 bytes.</summary>
internal struct Node
{
    internal const ushort None = ushort.MaxValue;

    /// <summary>The offset of the property name after its quote; -1 for an item of an array and for the root.</summary>
    internal int NameStart;

    /// <summary>The offset of the value; for a string, after its quote.</summary>
    internal int Start;

    /// <summary>The length of the value in bytes; for a string, without its quotes.</summary>
    internal int Length;

    /// <summary>The index of the node that follows this one and everything in it.</summary>
    internal int Next;

    internal ushort NameLength;

    /// <summary>The index of the element definition, or <see cref="None"/> when the specification has no such element.</summary>
    internal ushort Definition;

    /// <summary>The index of the type definition of the value; of a nested resource its real type.</summary>
    internal ushort Type;

    internal JsonKind Kind;
    internal NodeFlags Flags;

    /// <summary>The property name as it stands in the text: to copy it.</summary>
    internal readonly ReadOnlySpan<byte> RawName(ReadOnlySpan<byte> utf8) => utf8.Slice(NameStart, NameLength);

    /// <summary>The property name without escapes: to compare it. Allocates only for names with escapes.</summary>
    internal readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> utf8) => (Flags & NodeFlags.EscapedName) == 0 ? RawName(utf8) : JsonText.Unescape(RawName(utf8));

    /// <summary>The value as it stands in the text: to copy it.</summary>
    internal readonly ReadOnlySpan<byte> RawText(ReadOnlySpan<byte> utf8) => utf8.Slice(Start, Length);

    /// <summary>The value without escapes: to compare it. Allocates only for strings with escapes.</summary>
    internal readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> utf8) => (Flags & NodeFlags.Escaped) == 0 ? RawText(utf8) : JsonText.Unescape(RawText(utf8));
}
