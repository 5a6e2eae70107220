using Salus.Records.Search;

namespace Salus.Records.Access;

/// <summary>
/// How a statement finds out whether a row is of one of many patients. Each way is for another kind of statement; all say the same. Most resources are of one patient: that one is
/// looked for first. Null for rows of which it is not known.
/// </summary>
internal static class AmongPatients
{
    // So few are compared with each other.
    private const int Compared = 8;

    // So many are searched through for a row in a microsecond or two.
    private const int OneText = 1024;

    /// <param name="row">A row with the column <c>patients</c>.</param>
    /// <param name="planned">Whether the statement is planned for its values, which is known when nothing is added to it that may change that.</param>
    public static string Condition(SqlText sql, string row, PatientSet patients, bool planned)
    {
        if (patients.Count <= Compared)
        {
            return $"({row}.patients {(patients.Count == 1 ? "@>" : "&&")} {sql.Add(patients.Ids)}::text[])";
        }

        return planned ? InThePlan(sql, row, patients) : sql.Selective || sql.Few ? Searched(sql, row, patients) : Hashed(sql, row, patients);
    }

    // The array becomes a constant while the statement is planned, and PostgreSQL hashes constants. "case" keeps the planner from weighing every element.
    private static string InThePlan(SqlText sql, string row, PatientSet patients)
    {
        var all = Array(sql.Add(patients.Joined));
        return $"case when {row}.patients[1] = any({all}) then true else cardinality({row}.patients) > 1 and {row}.patients && (select {all}) end";
    }

    // Few rows with a plan for all values: nothing is made ready for the statement. The patient of each row is looked for in one text; of very many in that of those whose ids end alike.
    private static string Searched(SqlText sql, string row, PatientSet patients)
    {
        if (patients.Count <= OneText)
        {
            // No subquery: PostgreSQL makes one ready for each statement, also where no row comes to it.
            var all = sql.Add(patients.Enclosed);
            return $"({In($"{all}::text", $"{row}.patients[1]")} or (cardinality({row}.patients) > 1 and {row}.patients && {Array(all)}))";
        }

        var groups = sql.Add(patients.Groups);
        string Has(string id) => In($"({groups}::text[])[1 + ((ascii(right({id}, 1)) + {PatientSet.Second} * ascii(right({id}, 2))) & {patients.Groups.Length - 1})]", id);
        return $"({Has($"{row}.patients[1]")} or (cardinality({row}.patients) > 1 and exists (select from unnest({row}.patients) u (patient) where {Has("u.patient")})))";
    }

    // Many rows with a plan for all values: hashed once for the statement, also behind an "or". A text is sent and read faster than an array.
    private static string Hashed(SqlText sql, string row, PatientSet patients)
    {
        var joined = sql.Add(patients.Joined);
        return $"({row}.patients[1] in (select string_to_table({joined}::text, chr(30))) or (cardinality({row}.patients) > 1 and {row}.patients && (select {Array(joined)})))";
    }

    private static string In(string text, string id) => $"strpos({text}, chr(30) || {id} || chr(30)) > 0";

    private static string Array(string joined) => $"string_to_array({joined}::text, chr(30))";
}
