using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>
/// Elements that are marked by rules: the values of identifiers with certain systems or types, wherever they stand, and elements by their path. Immutable; safe for all threads.
/// </summary>
public sealed class MarkedElements
{
    private const string IdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";

    private readonly byte[][] systems;
    private readonly byte[][] codes;
    private readonly Dictionary<int, Step> roots = [];
    private readonly int identifier;
    private readonly int system;
    private readonly int value;
    private readonly int type;
    private readonly int coding;
    private readonly int codingSystem;
    private readonly int codingCode;

    /// <param name="definitions">Of R4.</param>
    /// <param name="systems">Values of <c>Identifier.system</c>.</param>
    /// <param name="codes">Codes of <c>Identifier.type</c>, of the code system v2-0203.</param>
    public MarkedElements(FhirDefinitions definitions, IEnumerable<string> systems, IEnumerable<string> codes)
    {
        this.systems = [.. systems.Select(Encoding.UTF8.GetBytes)];
        this.codes = [.. codes.Select(Encoding.UTF8.GetBytes)];
        identifier = definitions.Type("Identifier")!.Index;
        (system, value, type) = (Field(definitions, "Identifier", "system"), Field(definitions, "Identifier", "value"), Field(definitions, "Identifier", "type"));
        (coding, codingSystem, codingCode) = (Field(definitions, "CodeableConcept", "coding"), Field(definitions, "Coding", "system"), Field(definitions, "Coding", "code"));
    }

    /// <summary>Marks a path of JSON names, such as <c>Patient.telecom.value</c>: in every resource of that type, contained ones included.</summary>
    /// <returns>Null, or why it cannot be: a resource type or element that R4 does not have, or one that is no text of its own.</returns>
    public string? Mark(FhirDefinitions definitions, string path)
    {
        var names = path.Split('.');
        if (definitions.Type(names[0]) is not { Kind: TypeKind.Resource, IsAbstract: false } at || names.Length < 2)
        {
            return $"'{names[0]}' is no resource type of R4 with an element behind it. A path is such as Patient.telecom.value";
        }

        var elements = new List<ElementDefinition>();
        var owner = at;
        foreach (var name in names.Skip(1))
        {
            if (owner.Find(Encoding.UTF8.GetBytes(name)) is not { } element)
            {
                return $"{owner.Name} has no element '{name}'. Names are those of JSON: valueString of value[x]";
            }

            elements.Add(element);
            owner = element.Type;
        }

        if (owner.Name is not ("string" or "markdown") || elements[^1].Owner.Name == "Reference" && names[^1] == "reference" || names[^1] == "id")
        {
            return $"it is a {(names[^1] is "reference" or "id" ? "link between elements" : owner.Name)}; text of the types string and markdown can be sealed, because nothing is compared or computed with it";
        }

        var step = roots.TryGetValue(at.Index, out var known) ? known : roots[at.Index] = new Step();
        elements.ForEach(e => step = step.Make(e.Index));
        step.IsMarked = true;
        return null;
    }

    /// <summary>The marked strings of a document that have a value.</summary>
    public IReadOnlyList<MarkedText> Find(ResourceDocument document) => new TextWalk(document, this, default).Run();

    /// <summary>All strings of a document whose text, escapes resolved, starts so.</summary>
    public static IReadOnlyList<MarkedText> Starting(ResourceDocument document, ReadOnlySpan<byte> prefix) => new TextWalk(document, null, prefix).Run();

    internal Step? Root(ResourceDocument document, int node) => roots.Count > 0 && document.Nodes[node].Type is var type && type != Node.None && roots.TryGetValue(type, out var step) ? step : null;

    /// <summary>Of an identifier that is marked, the node of its value; otherwise -1.</summary>
    internal int SealedIdentifier(ResourceDocument document, int node)
    {
        if (document.Nodes[node].Type != identifier)
        {
            return -1;
        }

        var element = new Element(document, node, -1);
        return IsMarked(element) && element.Property(value) is { Kind: JsonKind.String } text ? text.Index : -1;
    }

    private bool IsMarked(Element element) => Has(systems, element.Property(system)) || (codes.Length > 0 && HasType(element));

    private bool HasType(Element element)
    {
        foreach (var code in element.Property(type).Property(coding).Items)
        {
            if (Encoding.UTF8.GetString(code.Property(codingSystem).Text) == IdentifierTypes && Has(codes, code.Property(codingCode)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(byte[][] texts, Element element)
    {
        if (element.Kind == JsonKind.String)
        {
            var text = element.Text;
            foreach (var one in texts)
            {
                if (text.SequenceEqual(one))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static int Field(FhirDefinitions definitions, string type, string name) => definitions.Type(type)!.Find(Encoding.UTF8.GetBytes(name))!.Index;

    /// <summary>How far a marked path has been walked.</summary>
    internal sealed class Step
    {
        private readonly Dictionary<int, Step> next = [];

        internal bool IsMarked { get; set; }

        internal Step? Child(int definition) => next.GetValueOrDefault(definition);

        internal Step Make(int definition) => next.TryGetValue(definition, out var known) ? known : next[definition] = new Step();
    }
}
