using Salus.Fhir.Search;

namespace Salus.Records.Search;

/// <summary>Criteria joined by "and", "or" and "not": one of the alternatives has to hold, and of it every criterion.</summary>
/// <param name="Parameter">Null where it is of no parameter: <c>_filter</c>.</param>
/// <param name="Alternatives">At least one.</param>
/// <param name="Absent">True for "not": none of the alternatives may hold.</param>
internal record CombinedCriterion(ResourceParameter? Parameter, string Name, string Modifier, IReadOnlyList<string> Values, IReadOnlyList<IReadOnlyList<Criterion>> Alternatives, bool Absent)
    : Criterion(Parameter, Name, Modifier, Values)
{
    public CombinedCriterion(string name, IReadOnlyList<IReadOnlyList<Criterion>> alternatives, bool absent)
        : this(null, name, "", [.. alternatives.SelectMany(a => a.SelectMany(c => c.Values))], alternatives, absent)
    {
    }

    /// <summary>The criteria that it consists of.</summary>
    public IEnumerable<Criterion> Parts => Alternatives.SelectMany(a => a);

    public override IEnumerable<Criterion> Leaves => Parts.SelectMany(c => c.Leaves);

    public override IEnumerable<ResourceParameter> Parameters => Parts.SelectMany(c => c.Parameters);

    public override void Forget()
    {
        foreach (var part in Parts)
        {
            part.Forget();
        }
    }
}
