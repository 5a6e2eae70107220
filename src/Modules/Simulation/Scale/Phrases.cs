using System.Globalization;
using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;

namespace Salus.Simulation.Scale;

/// <summary>The parts of resources that do not depend on the patient.</summary>
internal static class Phrases
{
    public static readonly byte[][] Conditions = [.. Diseases.Background.Select(d => Fragment.Of(json => Problem(json, d)))];

    public static readonly byte[][] Orders =
    [
        .. ((Drug[])[Drugs.Lisinopril, Drugs.Amlodipine, Drugs.Metformin, Drugs.Atorvastatin, Drugs.Simvastatin, Drugs.Aspirin, Drugs.Clopidogrel, Drugs.Warfarin, Drugs.Levothyroxine, Drugs.Paracetamol,
            Drugs.Ibuprofen, Drugs.Amoxicillin, Drugs.Iron, Drugs.Prednisone, Drugs.Albuterol, Drugs.Fluticasone]).Select(d => Fragment.Of(json => Order(json, d))),
    ];

    /// <summary>What follows the dates of an order.</summary>
    public static readonly byte[] Dosage = Fragment.Of(json => json.Only("dosageInstruction", () =>
    {
        json.Text("text", "as directed");
        json.Element("timing", () => json.Element("repeat", () =>
        {
            json.Number("frequency", 1);
            json.Number("period", 1);
            json.Text("periodUnit", "d");
        }));
    }));

    public static readonly byte[][] Procedures =
    [
        .. ((Code[])[Terms.Snomed("29303009", "Electrocardiographic procedure"), Terms.Snomed("399208008", "Plain chest X-ray"), Terms.Snomed("40701008", "Echocardiography"),
            Terms.Snomed("80146002", "Appendectomy"), Terms.Snomed("38102005", "Cholecystectomy"), Terms.Snomed("73761001", "Colonoscopy"), Terms.Snomed("392231009", "Intravenous cannulation"),
            Terms.Snomed("303653007", "Computed tomography of head")]).Select(c => Fragment.Of(json => Done(json, c))),
    ];

    public static readonly byte[][] Vaccines =
    [
        .. ((Code[])[Terms.Cvx("140", "Influenza, seasonal, injectable, preservative free"), Terms.Cvx("113", "Td (adult) preservative free"), Terms.Cvx("33", "pneumococcal polysaccharide vaccine, 23 valent"),
            Terms.Cvx("121", "zoster vaccine, live")]).Select(c => Fragment.Of(json => Given(json, c))),
    ];

    public static readonly byte[][] Allergies = [.. Allergens.All.Select(a => Fragment.Of(json => Allergic(json, a)))];

    /// <summary>Ambulatory, emergency, in hospital; the first is the most common one.</summary>
    public static readonly byte[][] Encounters =
    [
        Stay("AMB", "ambulatory", "185349003", "Encounter for check up"), Stay("AMB", "ambulatory", "185345009", "Encounter for symptom"), Stay("AMB", "ambulatory", "390906007", "Follow-up encounter"),
        Stay("EMER", "emergency", "50849002", "Emergency room admission"),
    ];

    public static readonly byte[] Laboratory = Fragment.Of(json =>
    {
        json.Text("status", "final");
        json.Concepts("category", new Concept("Laboratory", Terms.Hl7("v2-0074", "LAB", "Laboratory")));
    });

    public static readonly byte[] TestData = Fragment.Of(json => json.Element("meta", () => json.Only("tag", () =>
    {
        json.Text("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason");
        json.Text("code", "HTEST");
        json.Text("display", "test health data");
    })));

    public static readonly byte[] RecordNumber = Fragment.Of(json =>
    {
        json.Text("use", "usual");
        json.Concept("type", Terms.Hl7("v2-0203", "MR", "Medical record number").Concept());
        json.Text("system", ScaleRecord.RecordNumbers);
    });

    public static readonly byte[][] Addresses =
    [
        .. ((string[])["Springfield", "Riverton", "Lakewood", "Fairview", "Greenville", "Ashland", "Milford", "Clayton", "Georgetown", "Franklin", "Salem", "Dover", "Oxford", "Bristol", "Kingston", "Arlington"])
            .Select((city, i) => Fragment.Of(json => Place(json, city, i))),
    ];

    static void Problem(ElementWriter json, Disease disease)
    {
        json.Concept("clinicalStatus", Terms.Hl7("condition-clinical", "active", "Active"));
        json.Concept("verificationStatus", Terms.Hl7("condition-ver-status", "confirmed", "Confirmed"));
        json.Concepts("category", Terms.Hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis").Concept());
        json.Concept("code", disease.Concept);
    }

    static void Order(ElementWriter json, Drug drug)
    {
        json.Text("status", "completed");
        json.Text("intent", "order");
        json.Concepts("category", Terms.Hl7("medicationrequest-category", "community", "Community").Concept());
        json.Concept("medicationCodeableConcept", drug.Concept);
    }

    static void Done(ElementWriter json, Code code)
    {
        json.Text("status", "completed");
        json.Concept("code", code.Concept());
    }

    static void Given(ElementWriter json, Code vaccine)
    {
        json.Text("status", "completed");
        json.Flag("primarySource", true);
        json.Concept("vaccineCode", vaccine.Concept());
    }

    static void Allergic(ElementWriter json, Allergen allergen)
    {
        json.Concept("clinicalStatus", Terms.Hl7("allergyintolerance-clinical", "active", "Active"));
        json.Concept("verificationStatus", Terms.Hl7("allergyintolerance-verification", "confirmed", "Confirmed"));
        json.Texts("category", allergen.Category);
        json.Text("criticality", allergen.Severe ? "high" : "low");
        json.Concept("code", allergen.Code.Concept());
    }

    static byte[] Stay(string kind, string kindName, string type, string typeName) => Fragment.Of(json =>
    {
        json.Text("status", "finished");
        json.Coding("class", Terms.Hl7("v3-ActCode", kind, kindName));
        json.Concepts("type", Terms.Snomed(type, typeName).Concept());
    });

    static void Place(ElementWriter json, string city, int number)
    {
        json.Text("city", city);
        json.Text("state", "MA");
        json.Text("postalCode", string.Create(CultureInfo.InvariantCulture, $"0{1001 + (number * 37):0000}"));
        json.Text("country", "US");
    }
}
