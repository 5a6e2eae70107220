using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Search;

/// <summary>SQL in the making, with its parameters. Values only ever go in as parameters.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder text = new();

    public List<NpgsqlParameter> Parameters { get; } = [];

    /// <summary>
    /// True when some condition leads to few rows whatever its value, so that one plan serves all values. The others are planned anew each time.
    /// </summary>
    public bool Selective { get; set; }

    /// <summary>True when links lead to few rows, which was found out for these values: the plan must begin with them, and the statement is written so.</summary>
    public bool Few { get; set; }

    /// <summary>True when the statement leaves no choice to the planner, so that one plan serves all values although it leads to many rows.</summary>
    public bool Forced { get; set; }

    /// <summary>True when only PostgreSQL's expectation is asked for: then nothing is written so as to lead the planner, which spoils what it expects.</summary>
    public bool Expects { get; init; }

    /// <summary>Whether it is planned once.</summary>
    public bool OnePlan => Selective || Few || Forced;

    /// <summary>The criteria that terminology names the codes of, and how many each stands for.</summary>
    public List<(string Name, string Modifier, int Count)> Codes { get; } = [];

    /// <summary>Adds a parameter and gives its placeholder.</summary>
    public string Add<T>(T value)
    {
        Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return string.Create(CultureInfo.InvariantCulture, $"${Parameters.Count}");
    }

    public SqlText Append(string sql)
    {
        text.Append(sql);
        return this;
    }

    public NpgsqlCommand ToCommand(TenantPools pools)
    {
        var command = PoolOf(pools).CreateCommand(text.ToString());
        Parameters.ForEach(p => command.Parameters.Add(p));
        return command;
    }

    /// <summary>The connections that plan it as it wants to be planned.</summary>
    public NpgsqlDataSource PoolOf(TenantPools pools) => OnePlan ? pools.Source : pools.AdHoc;

    /// <summary>The same on a connection.</summary>
    public NpgsqlCommand ToCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(text.ToString(), connection);
        Parameters.ForEach(p => command.Parameters.Add(p));
        return command;
    }

    /// <summary>Asks for the plan of another statement with the parameters added so far, as one text of JSON.</summary>
    public NpgsqlCommand ToPlan(TenantPools pools, string select)
    {
        var command = pools.AdHoc.CreateCommand("explain (format json) " + select);
        Parameters.ForEach(p => command.Parameters.Add(p.Clone()));
        return command;
    }

    /// <summary>How many rows PostgreSQL expects, in such a plan.</summary>
    public static double ExpectedRows(object? plan)
    {
        using var document = JsonDocument.Parse((string)plan!);
        return document.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    /// <summary>The same as one of several statements.</summary>
    public NpgsqlBatchCommand ToBatchCommand()
    {
        var command = new NpgsqlBatchCommand(text.ToString());
        Parameters.ForEach(p => command.Parameters.Add(p));
        return command;
    }

    public override string ToString() => text.ToString();
}
