using System.Globalization;
using Salus.Kernel;

namespace Salus.Records.Search;

/// <summary>A row of <c>records.current</c> in a statement, which conditions are about: the result itself, or a resource that links lead to.</summary>
/// <param name="Sql">The statement; conditions add their values to it.</param>
/// <param name="Address">The FHIR base that the client uses.</param>
/// <param name="Level">How many links lead here; 0 for the result.</param>
/// <param name="All">Whether every match is wanted, for a total or an order, and not only the newest ones.</param>
internal readonly record struct Row(SqlText Sql, Caller Caller, string Address, bool All, int Level = 0)
{
    /// <summary>Whether rows are looked at one by one, so that a condition has to be about this row and not a list of all that fit.</summary>
    public bool OneByOne { get; init; }

    /// <summary>Its alias: <c>c</c> for the result.</summary>
    public string Name => Level == 0 ? "c" : string.Create(CultureInfo.InvariantCulture, $"t{Level}");

    /// <summary>The row that one more link leads to.</summary>
    public Row Next => this with { Level = Level + 1, OneByOne = false };
}
