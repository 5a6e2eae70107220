using System.Globalization;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Search.Filter;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>A criterion becomes a condition on a row of <c>records.current</c>.</summary>
internal sealed partial class Conditions(Catalog catalog, CodeExpansion codes, AccessConditions access, Database database, IOptions<RecordsOptions> options, TimeProvider time)
{
    public async ValueTask<Outcome<string>> OfAsync(Row row, Criterion criterion, CancellationToken ct)
    {
        var condition = await ConditionAsync(row, criterion, ct);
        return condition.Failed(out var failure) && criterion.Position > 0 ? OfFilter(criterion, failure) : condition;
    }

    // Who writes "birthdate ge x" has written "x", and no "gex".
    private static Failure OfFilter(Criterion criterion, Failure failure)
    {
        if (criterion is not { Written: { } written, Values: [var value] } || !failure.Problems[0].Message.Contains($"'{value}' is not a value of", StringComparison.Ordinal))
        {
            return FilterReader.At(criterion.Position, failure);
        }

        return FilterReader.At(written.Position, failure with
        {
            Problems = [.. failure.Problems.Select(p => p with { Message = p.Message.Replace($"'{value}' is not", $"'{written.Value}' is not", StringComparison.Ordinal) })],
        });
    }

    private async ValueTask<Outcome<string>> ConditionAsync(Row row, Criterion criterion, CancellationToken ct)
    {
        if (criterion is LinkedCriterion linked)
        {
            return await LinkedAsync(row, linked, ct);
        }

        if (criterion is CombinedCriterion combined)
        {
            return await CombinedAsync(row, combined, ct);
        }

        var sql = row.Sql;
        sql.Selective |= row.Level == 0 && Selectivity.IsSure(criterion);
        if (criterion.Parameter is not { } parameter)
        {
            return criterion.Name == "_id" ? RecordParameter.Id(row, criterion) : RecordParameter.LastUpdated(row, criterion, time);
        }

        var number = catalog.Number(parameter);
        var rows = parameter.Type is SearchType.String or SearchType.Date or SearchType.Number or SearchType.Quantity or SearchType.Composite or SearchType.Special
            ? $"from records.{Table(parameter)} x where x.tenant = {sql.Add(row.Caller.Tenant.Number)} and {Parameter(sql, parameter)}"
            : null;
        if (criterion.Modifier == "missing")
        {
            var present = rows is null ? ExactWords.Any(row, [ExactWords.StartsWith(Lexeme.Start(number))]) : $"exists (select 1 {rows} and x.key = {row.Name}.key)";
            return criterion.Values switch
            {
                ["true"] => $"not {present}",
                ["false"] => present,
                _ => new Failure(FailureKind.Invalid, "value", $"{criterion.Name}:missing takes true or false.", criterion.Name),
            };
        }

        var condition = parameter.Type switch
        {
            SearchType.String when IndexContents.IsNarrative(parameter) => NarrativeParameter.Condition(sql, criterion),
            SearchType.String => StringParameter.Condition(sql, row.Caller.Tenant, criterion),
            SearchType.Token or SearchType.Uri when criterion.Comparison == "ne" => await OtherWords.ConditionAsync(row, criterion, number, catalog, ct),
            SearchType.Token or SearchType.Reference when criterion.Modifier == "text" => TokenParameter.Text(row, criterion, catalog.Number(parameter, Facet.Text)),
            SearchType.Token when criterion.Modifier == "of-type" => await TokenParameter.OfTypeAsync(row, criterion, catalog.Number(parameter, Facet.OfType), catalog, ct),
            SearchType.Token when CodeExpansion.Concerns(criterion) => await codes.ConditionAsync(row, criterion, number, ct),
            SearchType.Token => await TokenParameter.ConditionAsync(row, criterion, number, catalog, ct),
            SearchType.Reference when criterion.Modifier == "identifier" => await TokenParameter.ConditionAsync(row, criterion, catalog.Number(parameter, Facet.Identifier), catalog, ct),
            SearchType.Reference => ReferenceParameter.Condition(row, criterion, number, catalog.Number(parameter, Facet.Version), catalog),
            SearchType.Uri => UriParameter.Condition(row, criterion, number),
            SearchType.Date => DateParameter.Condition(sql, criterion, time),
            SearchType.Number => AmountParameter.NumberCondition(sql, criterion),
            SearchType.Composite => await new CompositeParameter(row, (OccurrenceCriterion)criterion, catalog, time).ConditionAsync(ct),
            SearchType.Special => NearParameter.Condition(row, criterion, number),
            _ => await AmountParameter.QuantityConditionAsync(sql, criterion, catalog, ct),
        };
        if (condition.Failed(out var failure))
        {
            return failure;
        }

        if (rows is not null && parameter.Type != SearchType.Special)
        {
            // A plan for all values takes the sets that hold a parameter for ten of average size, and began with all men where a name was asked for as well.
            // The sum, which it believes to leave few rows, makes it begin with the name.
            var few = !sql.Expects && parameter.Type == SearchType.String && Selectivity.IsSure(criterion) ? $" and x.tenant + 0 = {sql.Add(row.Caller.Tenant.Number)}" : "";
            return row.OneByOne
                ? $"exists (select 1 {rows} and x.key = {row.Name}.key and ({condition.Value}))"
                : $"{row.Name}.key in (select x.key {rows}{few} and ({condition.Value}))";
        }

        return criterion.Modifier is "not" or "not-in" ? $"not ({condition.Value})" : $"({condition.Value})";
    }

    private async ValueTask<Outcome<string>> CombinedAsync(Row row, CombinedCriterion criterion, CancellationToken ct)
    {
        // What one of several alternatives leads to, or what is left out, says nothing of the rows that match.
        var (selective, few) = (row.Sql.Selective, row.Sql.Few);
        var leads = criterion is { Absent: false, Alternatives.Count: 1 };
        var alternatives = new List<string>();
        foreach (var alternative in criterion.Alternatives)
        {
            var all = new List<string>();
            foreach (var part in alternative)
            {
                var condition = await OfAsync(leads ? row : row with { Compared = true }, part, ct);
                if (condition.Failed(out var failure))
                {
                    return failure;
                }

                all.Add($"({condition.Value})");
            }

            alternatives.Add($"({string.Join(" and ", all)})");
        }

        if (!leads)
        {
            (row.Sql.Selective, row.Sql.Few) = (selective || (row.Level == 0 && Selectivity.IsSure(criterion)), few);
        }

        return $"{(criterion.Absent ? "not " : "")}({string.Join(" or ", alternatives)})";
    }

    /// <summary>The index rows <c>x</c> of a parameter. One row of a string may be of several.</summary>
    public string Parameter(SqlText sql, ResourceParameter parameter)
    {
        var number = sql.Add(catalog.Number(parameter));
        return $"x.parameter = {(parameter.Type == SearchType.String ? ParameterSets.Holding(number) : number)}";
    }

    public static string Table(ResourceParameter parameter) => parameter.Type switch
    {
        SearchType.String when IndexContents.IsNarrative(parameter) => "index_text",
        SearchType.String => "index_string",
        SearchType.Date => "index_date",
        SearchType.Composite => "index_composite",
        _ => "index_amount",
    };
}

/// <summary>A row of <c>records.current</c> in a statement, which conditions are about: the result itself, or a resource that links lead to.</summary>
/// <param name="Sql">The statement; conditions add their values to it.</param>
/// <param name="Address">The FHIR base that the client uses.</param>
/// <param name="Level">How many links lead here; 0 for the result.</param>
/// <param name="All">Whether every match is wanted, for a total or an order, and not only the newest ones.</param>
internal readonly record struct Row(SqlText Sql, Caller Caller, string Address, bool All, int Level = 0)
{
    /// <summary>Whether rows are looked at one by one, so that a condition has to be about this row and not a list of all that fit.</summary>
    public bool OneByOne { get; init; }

    /// <summary>Whether the condition is one of several alternatives, or what must not be: it leads to no rows, each row is compared.</summary>
    public bool Compared { get; init; }

    /// <summary>Its alias where that is another one than its level says; null for that.</summary>
    public string? Alias { get; init; }

    /// <summary>Its alias: <c>c</c> for the result.</summary>
    public string Name => Alias ?? (Level == 0 ? "c" : string.Create(CultureInfo.InvariantCulture, $"t{Level}"));

    /// <summary>The row that one more link leads to.</summary>
    public Row Next => this with { Level = Level + 1, OneByOne = false, Compared = false, Alias = null };
}
