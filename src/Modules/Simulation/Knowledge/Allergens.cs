using Salus.Simulation.Json;

namespace Salus.Simulation.Knowledge;

/// <param name="Category">FHIR allergy category.</param>
internal sealed record Allergen(Code Code, string Category, bool Severe, DrugClass Forbids, params Code[] Reactions);

internal static class Allergens
{
    static readonly Code Hives = Terms.Snomed("126485001", "Urticaria");
    static readonly Code Anaphylaxis = Terms.Snomed("39579001", "Anaphylaxis");
    static readonly Code Rash = Terms.Snomed("271807003", "Eruption of skin");
    static readonly Code Dyspnoea = Terms.Snomed("267036007", "Dyspnea");

    public static readonly Code NoneKnown = Terms.Snomed("716186003", "No known allergy");

    public static readonly IReadOnlyList<Allergen> All =
    [
        new(Terms.Snomed("91936005", "Allergy to penicillin"), "medication", true, DrugClass.Penicillin, Hives, Dyspnoea),
        new(Terms.Snomed("91936005", "Allergy to penicillin"), "medication", false, DrugClass.Penicillin, Rash),
        new(Terms.Snomed("91939003", "Allergy to sulfonamide"), "medication", false, DrugClass.Sulfonamide, Rash),
        new(Terms.Snomed("91934008", "Allergy to nut"), "food", true, DrugClass.Other, Anaphylaxis),
        new(Terms.Snomed("91935009", "Allergy to peanut"), "food", true, DrugClass.Other, Anaphylaxis, Hives),
        new(Terms.Snomed("300913006", "Allergy to shellfish"), "food", false, DrugClass.Other, Hives),
        new(Terms.Snomed("300916003", "Latex allergy"), "environment", false, DrugClass.Other, Rash),
        new(Terms.Snomed("418689008", "Allergy to grass pollen"), "environment", false, DrugClass.Other, Dyspnoea),
        new(Terms.Snomed("232350006", "House dust mite allergy"), "environment", false, DrugClass.Other, Dyspnoea),
    ];

    /// <summary>What a prescriber orders instead.</summary>
    public static Drug Safe(Drug drug, IEnumerable<DrugClass> forbidden) => !forbidden.Contains(drug.Class) ? drug : drug.Class switch
    {
        DrugClass.Penicillin => drug == Drugs.Piperacillin ? Drugs.Meropenem : Drugs.Azithromycin,
        DrugClass.Sulfonamide => Drugs.Nitrofurantoin,
        _ => Drugs.Paracetamol,
    };
}
