using System.Numerics;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>What was found, in words: the element, the reason and the way out. Nothing here runs for a valid resource.</summary>
internal ref partial struct StructureWalk
{
    private void Report(string code, int index, string message, string? child = null, IssueSeverity severity = IssueSeverity.Error)
    {
        Findings ??= new Findings(options.MostIssues, IssueSeverity.Information);
        if (full || severity < Findings.Least)
        {
            return;
        }

        var path = ElementPath.Of(document, index);
        Findings.Add(new Issue(severity, code, message, child is null ? path : $"{path}.{child}"));
        full = Findings.Full;
    }

    private void Unknown(int index, TypeDefinition type)
    {
        var name = Encoding.UTF8.GetString(Name(index)[..Math.Min(Name(index).Length, 64)]);
        var choice = type.Elements.ToArray().Where(e => e.IsChoice && e.Name == name.TrimStart('_')).Select(e => e.JsonName).ToList();
        var way = choice.Count > 0
            ? $"Write the type into the name: {string.Join(", ", choice.Take(8))}{(choice.Count > 8 ? "..." : "")}."
            : NearestName.Find(name.TrimStart('_'), type) is { } near ? $"Did you mean '{near}'?" : "Leave it out, or send it as an extension.";
        Report("structure", index, $"{type.Name} has no element '{name}' in FHIR R4. {way}");
    }

    private void Missing(int index, TypeDefinition type, ulong slots, int first)
    {
        for (; slots != 0; slots &= slots - 1)
        {
            var slot = first + BitOperations.TrailingZeroCount(slots);
            var element = type.Elements[slot];
            var names = type.Elements.ToArray().Where(e => e.Slot == slot).Select(e => e.JsonName).ToList();
            var what = names.Count == 1 ? $"'{names[0]}'" : $"one of {string.Join(", ", names.Take(12))}{(names.Count > 12 ? "..." : "")}";
            Report("required", index, $"{type.Name} needs {what}.", element.IsChoice ? element.Name + "[x]" : element.JsonName);
        }
    }

    private void OneTypeOnly(int parent, int index, ElementDefinition element)
    {
        for (var i = parent + 1; i < index; i = nodes[i].Next)
        {
            if (nodes[i].Definition != Node.None && elements[nodes[i].Definition] is var before && before != element && before.Slot == element.Slot)
            {
                Report("structure", index, $"{element} has one type: here are {before.JsonName} and {element.JsonName}. Keep one of them.");
                return;
            }
        }
    }

    private void WrongShape(int index, ElementDefinition element)
    {
        var kind = nodes[index].Kind;
        if (kind == JsonKind.Null)
        {
            Report("structure", index, $"'{element.JsonName}' is null. FHIR JSON has no nulls: leave the property out.");
            return;
        }

        var item = nodes[index].NameStart < 0;
        var value = element.Type.Kind == TypeKind.Primitive ? PrimitiveFormat.JsonType(element.Type.Primitive) : "a JSON object";
        var expected = element.IsArray && !item ? $"an array, even for one value: [ ... ], each item {value} ({element.Type.Name})" : $"{value} ({element.Type.Name})";
        Report("structure", index, $"{element} is {expected}; here is {Describe(kind)}.");
    }

    private void WrongFormat(int index, ElementDefinition element, TextFault fault)
    {
        var kind = element.Type.Primitive;
        var (code, reason) = fault switch
        {
            TextFault.Empty => ("value", "is empty or only white space. Leave the property out."),
            TextFault.Control => ("value", "has a control character. Only tab, line feed and carriage return may stand below U+0020."),
            TextFault.TooLong => ("too-long", "is longer than 1,048,576 characters, the most a string may have. Send it as an Attachment or a Binary."),
            _ => ("value", $"'{Show(Text(index))}' is not {PrimitiveFormat.Expectation(kind)}."),
        };
        Report(code, index, fault == TextFault.Format ? reason : $"{element} {reason}");
    }

    private void NotInValueSet(int index, ElementDefinition element, CodeList codes, ReadOnlySpan<byte> code)
    {
        var known = codes.Codes;
        var list = known.Count <= 20 ? $"Use one of: {string.Join(", ", known.Order(StringComparer.Ordinal))}." : $"Use one of its {known.Count} codes.";
        Report("code-invalid", index, $"'{Show(code)}' is not in the value set {codes.ValueSet} that {element} must take its codes from. {list}");
    }

    private static string Describe(JsonKind kind) => kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.Array => "an array",
        JsonKind.String => "a string",
        JsonKind.Number => "a number",
        JsonKind.Null => "null",
        _ => "a boolean",
    };
}
