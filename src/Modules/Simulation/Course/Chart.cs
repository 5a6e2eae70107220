using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>Everything that is known of one patient, before it is written as FHIR.</summary>
internal sealed class Chart(Person person)
{
    readonly Dictionary<string, int> numbers = [];

    public Person Person { get; } = person;
    public List<Contact> Contacts { get; } = [];
    public List<Problem> Problems { get; } = [];
    public List<Sensitivity> Sensitivities { get; } = [];
    public List<Order> Orders { get; } = [];
    public List<Measurement> Measurements { get; } = [];
    public List<Report> Reports { get; } = [];
    public List<Note> Notes { get; } = [];
    public List<Intervention> Interventions { get; } = [];
    public List<Vaccination> Vaccinations { get; } = [];
    public List<Plan> Plans { get; } = [];

    /// <summary>The next id of a kind, e.g. <c>pat-00001-enc-1</c>.</summary>
    public string NextId(string kind)
    {
        var number = numbers.GetValueOrDefault(kind) + 1;
        numbers[kind] = number;
        return $"{Person.Id}-{kind}-{number}";
    }
}
