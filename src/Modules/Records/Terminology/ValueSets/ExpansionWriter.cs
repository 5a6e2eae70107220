using System.Buffers;
using System.Text.Json;
using Salus.Records.Http;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>Writes a ValueSet with its expansion (http://hl7.org/fhir/R4/valueset.html#expansion).</summary>
internal sealed class ExpansionWriter(ExpansionRequest request)
{
    // What is deeper begins again at the top: a tree without end is none for a person, and would be none for a parser.
    private const int MaxNesting = 40;

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private int depth;

    /// <param name="selections">What the value set has after filters, not yet cut to a page.</param>
    /// <param name="parameters">Name and typed value of what shaped the expansion.</param>
    public byte[] Write(ValueSet set, IReadOnlyList<CodeSelection> selections, IEnumerable<(string Name, string Type, string Value)> parameters, int? count, DateTimeOffset at)
    {
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "ValueSet"u8);
        Optional(writer, "url", set.Url);
        Optional(writer, "version", set.Version);
        Optional(writer, "name", set.Name);
        Optional(writer, "title", set.Title);
        writer.WriteString("status"u8, set.Status);
        if (request.Definition && !set.Compose.IsEmpty)
        {
            writer.WritePropertyName("compose"u8);
            writer.WriteRawValue(set.Compose.Span, skipInputValidation: true);
        }

        writer.WriteStartObject("expansion"u8);
        if (selections.Any(c => c is { Bits: not null, System.IsComplete: false }))
        {
            Unclosed(writer);
        }

        writer.WriteString("identifier"u8, $"urn:uuid:{Guid.CreateVersion7(at)}");
        writer.WriteString("timestamp"u8, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteNumber("total"u8, selections.Sum(s => s.Count));
        if (count is not null)
        {
            writer.WriteNumber("offset"u8, request.Offset);
        }

        Write(writer, parameters);
        Contains(writer, selections, count ?? int.MaxValue);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    // http://hl7.org/fhir/R4/extension-valueset-unclosed.html: a code system is here in part only, so the value set has more codes than these.
    private static void Unclosed(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("extension"u8);
        writer.WriteStartObject();
        writer.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"u8);
        writer.WriteBoolean("valueBoolean"u8, true);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<(string Name, string Type, string Value)> parameters)
    {
        var open = false;
        foreach (var (name, type, value) in parameters)
        {
            if (!open)
            {
                writer.WriteStartArray("parameter"u8);
                open = true;
            }

            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WritePropertyName($"value{char.ToUpperInvariant(type[0])}{type[1..]}");
            switch (type)
            {
                // As it was understood: it may have been written with zeros in front.
                case "integer":
                    writer.WriteNumberValue(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
                    break;
                case "boolean":
                    writer.WriteBooleanValue(value == "true");
                    break;
                default:
                    writer.WriteStringValue(value);
                    break;
            }

            writer.WriteEndObject();
        }

        if (open)
        {
            writer.WriteEndArray();
        }
    }

    private void Contains(Utf8JsonWriter writer, IReadOnlyList<CodeSelection> selections, int count)
    {
        var (skip, left) = (request.Offset, count);
        var open = false;
        foreach (var selection in selections)
        {
            var here = selection.Count;
            var taken = Math.Min(here - skip, left);
            if (taken > 0)
            {
                if (!open)
                {
                    writer.WriteStartArray("contains"u8);
                    open = true;
                }

                Items(writer, selection, skip, taken);
                left -= taken;
            }

            skip = Math.Max(0, skip - here);
        }

        if (open)
        {
            writer.WriteEndArray();
        }
    }

    private void Items(Utf8JsonWriter writer, CodeSelection selection, int skip, int count)
    {
        if (selection.Bits is not { } bits)
        {
            foreach (var listed in selection.Listed!.Skip(skip).Take(count))
            {
                Listed(writer, selection, listed);
            }
        }
        else if (request.Nested && selection.System!.IsHierarchical)
        {
            Tree(writer, selection.System, bits);
        }
        else
        {
            foreach (var place in bits.Members(skip).Take(count))
            {
                Concept(writer, selection.System!, place);
                writer.WriteEndObject();
            }
        }
    }

    private void Tree(Utf8JsonWriter writer, CodeSystem system, CodeBits members)
    {
        var left = members.Copy();
        foreach (var place in members.Members().Where(p => !HasParentIn(system, p, members)))
        {
            Branch(writer, system, place, left);
        }

        // Concepts that are below each other in a circle have no top.
        while (left.Members().FirstOrDefault(-1) is >= 0 and var place)
        {
            Branch(writer, system, place, left);
        }
    }

    private static bool HasParentIn(CodeSystem system, int place, CodeBits members)
    {
        foreach (var parent in system.Parents(place))
        {
            if (members[parent])
            {
                return true;
            }
        }

        return false;
    }

    private void Branch(Utf8JsonWriter writer, CodeSystem system, int place, CodeBits left)
    {
        if (!left[place])
        {
            return;
        }

        left.Remove(place);
        Concept(writer, system, place);
        var children = system.Children(place).ToArray().Where(c => left[c]).ToList();
        if (children.Count > 0 && depth < MaxNesting)
        {
            depth++;
            writer.WriteStartArray("contains"u8);
            foreach (var child in children)
            {
                Branch(writer, system, child, left);
            }

            writer.WriteEndArray();
            depth--;
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes a concept and leaves it open.</summary>
    private void Concept(Utf8JsonWriter writer, CodeSystem system, int place)
    {
        writer.WriteStartObject();
        writer.WriteString("system"u8, system.Url);
        Marks(writer, system.IsAbstract(place), system.IsInactive(place));
        writer.WriteString("code"u8, system.Code(place));
        if (request.Language is { } language)
        {
            Optional(writer, "display", system.DisplayIn(place, language));
        }
        else if (system.DisplayUtf8(place) is { Length: > 0 } display)
        {
            writer.WriteString("display"u8, display);
        }

        Names(writer, request.Designations ? system.Designations(place) : []);
    }

    private void Listed(Utf8JsonWriter writer, CodeSelection selection, ListedCode listed)
    {
        var place = selection.System?.Find(listed.Code) ?? -1;
        writer.WriteStartObject();
        Optional(writer, "system", selection.Url.Length == 0 ? null : selection.Url);
        Marks(writer, selection.IsAbstract(listed), selection.IsInactive(listed));
        writer.WriteString("code"u8, listed.Code);
        Optional(writer, "display", Display(selection, listed, place));
        Names(writer, !request.Designations ? [] : place < 0 ? listed.Designations : listed.Designations.Concat(selection.System!.Designations(place)).Distinct());
        writer.WriteEndObject();
    }

    // The name that the value set gives is for its own use and goes first.
    private string? Display(CodeSelection selection, ListedCode listed, int place)
    {
        if (request.Language is { } language && listed.Designations.FirstOrDefault(d => CodeSystem.Speaks(d.Language, language)) is { } named)
        {
            return named.Value;
        }

        return place >= 0 && (listed.Display is null || request.Language is not null) ? selection.System!.DisplayIn(place, request.Language) ?? listed.Display : listed.Display;
    }

    private static void Marks(Utf8JsonWriter writer, bool isAbstract, bool inactive)
    {
        if (isAbstract)
        {
            writer.WriteBoolean("abstract"u8, true);
        }

        if (inactive)
        {
            writer.WriteBoolean("inactive"u8, true);
        }
    }

    private void Names(Utf8JsonWriter writer, IEnumerable<Designation> designations)
    {
        var open = false;
        foreach (var designation in designations.Where(IsWanted))
        {
            if (!open)
            {
                writer.WriteStartArray("designation"u8);
                open = true;
            }

            writer.WriteStartObject();
            Optional(writer, "language", designation.Language);
            if (designation.UseCode is { } use)
            {
                writer.WriteStartObject("use"u8);
                Optional(writer, "system", designation.UseSystem);
                writer.WriteString("code"u8, use);
                writer.WriteEndObject();
            }

            writer.WriteString("value"u8, designation.Value);
            writer.WriteEndObject();
        }

        if (open)
        {
            writer.WriteEndArray();
        }
    }

    // http://hl7.org/fhir/R4/valueset-operation-expand.html: a token, of the use or of urn:ietf:bcp:47; or the language alone.
    private bool IsWanted(Designation designation) => request.DesignationKinds.Count == 0 || request.DesignationKinds.Any(kind => kind.Split('|', 2) switch
    {
        ["urn:ietf:bcp:47", var language] => CodeSystem.Speaks(designation.Language, language),
        [var system, var code] => designation.UseSystem == system && designation.UseCode == code,
        [var language] => CodeSystem.Speaks(designation.Language, language),
        _ => false,
    });

    private static void Optional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
