using System.Xml;

namespace Salus.Fhir.Xml;

/// <summary>A text with a reader over it that never leaves the text: no document type, no entities but XML's own, no addresses. Tells where in the text the reader stands.</summary>
internal sealed class XmlSource
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = true,
    };

    private readonly IXmlLineInfo line;
    private int[]? lineStarts;

    internal XmlSource(string text)
    {
        Text = text;
        Reader = XmlReader.Create(new StringReader(text), Settings);
        line = (IXmlLineInfo)Reader;
    }

    internal string Text { get; }

    internal XmlReader Reader { get; }

    internal string Place() => XmlFault.Place(line.LineNumber, line.LinePosition);

    /// <summary>The offset of the name in the tag that the reader stands on.</summary>
    internal int Offset() => (lineStarts ??= LineStarts())[line.LineNumber - 1] + line.LinePosition - 1;

    private int[] LineStarts()
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < Text.Length; i++)
        {
            if (Text[i] == '\n' || (Text[i] == '\r' && (i + 1 == Text.Length || Text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }
}
