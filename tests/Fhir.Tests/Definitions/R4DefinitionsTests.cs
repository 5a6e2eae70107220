using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Tests.Definitions;

public sealed class R4DefinitionsTests
{
    private static readonly FhirDefinitions R4 = FhirDefinitions.R4;

    [Fact]
    public void R4_has_146_concrete_resource_types_and_2_abstract_ones()
    {
        Assert.Equal(146, R4.ResourceTypes.Count);
        Assert.Equal(["DomainResource", "Resource"], R4.Types.ToArray().Where(t => t is { Kind: TypeKind.Resource, IsAbstract: true }).Select(t => t.Name).Order());
    }

    [Fact]
    public void Every_primitive_kind_has_one_type()
    {
        var kinds = R4.Types.ToArray().Where(t => t.Kind == TypeKind.Primitive).Select(t => t.Primitive).Order().ToArray();
        Assert.Equal(Enum.GetValues<PrimitiveKind>().Where(k => k != PrimitiveKind.None).Order(), kinds);
    }

    [Fact]
    public void Patient_has_its_elements_in_the_order_of_the_specification()
    {
        string[] expected =
        [
            "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension", "identifier", "active", "name", "telecom", "gender",
            "birthDate", "deceasedBoolean", "deceasedDateTime", "address", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger", "photo", "contact",
            "communication", "generalPractitioner", "managingOrganization", "link",
        ];
        Assert.Equal(expected, Type("Patient").Elements.ToArray().Select(e => e.JsonName));
    }

    [Theory]
    [InlineData("Patient", "gender", "code", 0, 1, false)]
    [InlineData("Patient", "name", "HumanName", 0, int.MaxValue, true)]
    [InlineData("Patient", "id", "id", 0, 1, false)]
    [InlineData("Patient", "contact", "Patient.contact", 0, int.MaxValue, true)]
    [InlineData("Patient", "contained", "Resource", 0, int.MaxValue, true)]
    [InlineData("Patient.communication", "language", "CodeableConcept", 1, 1, false)]
    [InlineData("Bundle.entry", "resource", "Resource", 0, 1, false)]
    [InlineData("Bundle.entry.response", "outcome", "Resource", 0, 1, false)]
    [InlineData("Bundle.entry", "link", "Bundle.link", 0, int.MaxValue, true)]
    [InlineData("Parameters.parameter", "part", "Parameters.parameter", 0, int.MaxValue, true)]
    [InlineData("Questionnaire.item", "item", "Questionnaire.item", 0, int.MaxValue, true)]
    [InlineData("Timing", "repeat", "Timing.repeat", 0, 1, false)]
    [InlineData("Timing.repeat", "boundsPeriod", "Period", 0, 1, false)]
    [InlineData("Extension", "url", "uri", 1, 1, false)]
    [InlineData("Element", "id", "string", 0, 1, false)]
    [InlineData("Narrative", "div", "xhtml", 1, 1, false)]
    [InlineData("Age", "value", "decimal", 0, 1, false)]
    [InlineData("Observation", "valueQuantity", "Quantity", 0, 1, false)]
    [InlineData("EvidenceVariable.characteristic", "definitionDataRequirement", "DataRequirement", 0, 1, false)]
    [InlineData("ResearchElementDefinition.characteristic", "participantEffectivePeriod", "Period", 0, 1, false)]
    public void An_element_has_its_type_and_cardinality(string type, string jsonName, string elementType, int min, int max, bool isArray)
    {
        var element = Element(type, jsonName);
        Assert.Equal((elementType, min, max, isArray), (element.Type.Name, element.Min, element.Max, element.IsArray));
    }

    [Theory]
    [InlineData("Meta", "project")]
    [InlineData("Meta", "accounts")]
    [InlineData("Binary", "url")]
    [InlineData("ResearchStudy", "name")]
    [InlineData("DeviceDefinition", "bodySite")]
    [InlineData("EvidenceVariable.characteristic", "linkId")]
    [InlineData("xhtml", "extension")]
    [InlineData("boolean", "value")]
    public void What_is_not_in_R4_is_not_here(string type, string jsonName) => Assert.Null(Type(type).Find(Encoding.UTF8.GetBytes(jsonName)));

    [Fact]
    public void Types_of_later_versions_are_not_here() => Assert.Null(R4.Type("SubscriptionStatus"));

    [Fact]
    public void A_choice_shares_name_slot_and_minimum()
    {
        var value = Element("Observation", "valueQuantity");
        var other = Element("Observation", "valueString");
        Assert.Equal(("value", true, 0, 0), (value.Name, value.IsChoice, value.Min, value.ChoiceMin));
        Assert.Equal(value.Slot, other.Slot);
        Assert.NotEqual(value.Slot, Element("Observation", "dataAbsentReason").Slot);
        Assert.Equal((0, 1), (Element("MedicationRequest", "medicationReference").Min, Element("MedicationRequest", "medicationReference").ChoiceMin));
        Assert.Equal(Element("Patient", "gender").Position, Element("Patient", "gender").Slot);
    }

    [Fact]
    public void Types_know_what_they_specialize()
    {
        Assert.True(Type("Patient").Is("DomainResource"));
        Assert.Equal("Resource", Type("Bundle").Base!.Name);
        Assert.Equal("BackboneElement", Type("Patient.contact").Base!.Name);
        Assert.Equal("Element", Type("Timing.repeat").Base!.Name);
        Assert.True(Type("Age").Is("Quantity"));
        Assert.True(Type("code").Is("string"));
        Assert.Null(Type("Element").Base);
    }

    [Theory]
    [InlineData("Patient", "gender", "female", "http://hl7.org/fhir/administrative-gender")]
    [InlineData("Observation", "status", "final", "http://hl7.org/fhir/observation-status")]
    [InlineData("Condition", "clinicalStatus", "remission", "http://terminology.hl7.org/CodeSystem/condition-clinical")]
    [InlineData("Timing.repeat", "periodUnit", "wk", "http://unitsofmeasure.org")]
    [InlineData("Timing.repeat", "when", "PCM", "http://terminology.hl7.org/CodeSystem/v3-TimingEvent")]
    [InlineData("Identifier", "use", "official", "http://hl7.org/fhir/identifier-use")]
    [InlineData("DetectedIssue", "status", "final", "http://hl7.org/fhir/observation-status")]
    public void A_closed_list_knows_its_codes_and_their_systems(string type, string element, string code, string system)
    {
        var codes = Element(type, element).Codes!;
        Assert.Equal(system, codes.System(Encoding.UTF8.GetBytes(code)));
        Assert.True(codes.Contains(Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(code)));
        Assert.False(codes.Contains("http://example.org"u8, Encoding.UTF8.GetBytes(code)));
        Assert.False(codes.Contains("no-such-code"u8));
    }

    [Theory]
    [InlineData("Attachment", "contentType")]
    [InlineData("Money", "currency")]
    [InlineData("Patient", "language")]
    [InlineData("ObservationDefinition.quantitativeDetails", "unit")]
    public void What_cannot_be_expanded_is_not_closed(string type, string element) => Assert.Null(Element(type, element).Codes);

    [Fact]
    public void All_required_bindings_but_four_value_sets_are_closed() => Assert.Equal(
        [
            "http://hl7.org/fhir/ValueSet/currencies", "http://hl7.org/fhir/ValueSet/mimetypes",
            "http://hl7.org/fhir/ValueSet/ucum-units", "http://loinc.org/vs/LL379-9",
        ],
        R4.Elements.ToArray().Where(e => e.Binding == BindingStrength.Required && e.Codes is null).Select(e => e.ValueSet).Distinct().Order());

    [Fact]
    public void References_name_their_targets_and_any_is_empty()
    {
        Assert.Equal(["Organization", "Practitioner", "PractitionerRole"], Element("Patient", "generalPractitioner").Targets);
        Assert.Empty(Element("Provenance", "target").Targets);
        Assert.Empty(Element("Extension", "valueReference").Targets);
        Assert.DoesNotContain("Subscription", Element("AuditEvent.source", "observer").Targets);
    }

    [Fact]
    public void Summary_and_modifier_marks_are_read()
    {
        Assert.True(Element("Patient", "active") is { IsSummary: true, IsModifier: true });
        Assert.True(Element("Patient", "photo") is { IsSummary: false, IsModifier: false });
    }

    [Fact]
    public void Every_element_is_found_by_its_name_and_stands_where_it_says()
    {
        foreach (var element in R4.Elements)
        {
            Assert.Same(element, element.Owner.Find(element.JsonNameUtf8));
            Assert.Same(element, element.Owner.Elements[element.Position]);
            Assert.Same(element, R4.Elements[element.Index]);
        }
    }

    [Fact]
    public void Search_parameters_are_read_with_components_and_targets()
    {
        Assert.Equal(1377, R4.SearchParameters.Count);
        var composite = R4.SearchParameters.Single(p => p.Url == "http://hl7.org/fhir/SearchParameter/Observation-code-value-quantity");
        Assert.Equal((SearchType.Composite, "code-value-quantity"), (composite.Type, composite.Code));
        Assert.Equal(["code", "value.as(Quantity)"], composite.Components.Select(c => c.Expression));
        Assert.All(composite.Components, part => Assert.Contains(R4.SearchParameters, p => p.Url == part.Definition));
        var subject = R4.SearchParameters.Single(p => p.Url == "http://hl7.org/fhir/SearchParameter/Observation-subject");
        Assert.Equal(["Device", "Group", "Location", "Patient"], subject.Targets.Order());
        Assert.Null(R4.SearchParameters.Single(p => p.Code == "_content").Expression);
    }

    [Fact]
    public void What_definitions_name_exists()
    {
        var urls = R4.SearchParameters.Select(p => p.Url).ToHashSet();
        Assert.All(R4.SearchParameters, p => Assert.All(p.Base.Concat(p.Targets), name => Assert.Equal(TypeKind.Resource, Type(name).Kind)));
        Assert.All(R4.SearchParameters, p => Assert.All(p.Components, part => Assert.Contains(part.Definition, urls)));
        Assert.All(R4.Elements.ToArray(), e => Assert.All(e.Targets, name => Assert.NotNull(R4.Resource(name))));
    }

    [Fact]
    public void Only_codes_and_concepts_have_closed_lists() =>
        Assert.Equal(["CodeableConcept", "code"], R4.Elements.ToArray().Where(e => e.Codes is not null).Select(e => e.Type.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void The_patient_compartment_names_the_parameters_of_each_type()
    {
        Assert.Equal(["subject", "performer"], R4.PatientCompartment["Observation"]);
        Assert.False(R4.PatientCompartment.ContainsKey("Organization"));
        foreach (var (type, codes) in R4.PatientCompartment)
        {
            Assert.All(codes, code => Assert.Contains(R4.SearchParameters, p => p.Code == code && p.Base.Contains(type)));
        }
    }

    private static TypeDefinition Type(string name) => R4.Type(name) ?? throw new KeyNotFoundException(name);

    private static ElementDefinition Element(string type, string jsonName) =>
        Type(type).Find(Encoding.UTF8.GetBytes(jsonName)) ?? throw new KeyNotFoundException($"{type}.{jsonName}");
}
