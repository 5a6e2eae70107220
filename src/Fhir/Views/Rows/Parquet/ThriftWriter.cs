namespace Salus.Fhir.Views.Parquet;

/// <summary>Writes Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), as far as Parquet's metadata needs it.</summary>
internal sealed class ThriftWriter(RowBuffer output)
{
    private const byte I32 = 5;
    private const byte I64 = 6;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte Struct = 12;

    private readonly Stack<int> outer = new();
    private int last;

    internal void Integer(int field, int value)
    {
        Header(field, I32);
        Number(value);
    }

    internal void Long(int field, long value)
    {
        Header(field, I64);
        Number(value);
    }

    /// <summary>A boolean that is true: its type says so.</summary>
    internal void True(int field) => Header(field, 1);

    internal void Text(int field, string value)
    {
        Header(field, Binary);
        Text(value);
    }

    /// <summary>A struct as a field; end it with <see cref="End"/>.</summary>
    internal void Begin(int field)
    {
        Header(field, Struct);
        Begin();
    }

    /// <summary>A struct as an element of a list, or the outermost one.</summary>
    internal void Begin()
    {
        outer.Push(last);
        last = 0;
    }

    internal void End()
    {
        output.Add((byte)0);
        last = outer.Pop();
    }

    internal void Structs(int field, int count) => ListHeader(field, count, Struct);

    internal void Integers(int field, params ReadOnlySpan<int> values)
    {
        ListHeader(field, values.Length, I32);
        foreach (var value in values)
        {
            Number(value);
        }
    }

    internal void Texts(int field, params ReadOnlySpan<string> values)
    {
        ListHeader(field, values.Length, Binary);
        foreach (var value in values)
        {
            Text(value);
        }
    }

    private void Text(string value)
    {
        Unsigned((ulong)System.Text.Encoding.UTF8.GetByteCount(value));
        output.Add(value);
    }

    private void ListHeader(int field, int count, byte type)
    {
        Header(field, List);
        if (count < 15)
        {
            output.Add((byte)((count << 4) | type));
            return;
        }

        output.Add((byte)(0xF0 | type));
        Unsigned((ulong)count);
    }

    // Fields are numbered below 16 here, so the step from the one before always fits the short form.
    private void Header(int field, byte type)
    {
        output.Add((byte)(((field - last) << 4) | type));
        last = field;
    }

    private void Number(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    private void Unsigned(ulong value) => Levels.Variable(output, value);
}
