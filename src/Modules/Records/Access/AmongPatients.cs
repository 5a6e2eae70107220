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

    /// <param name="row">A row with the column <c>patients</c>.</param>
    /// <param name="planned">Whether the statement is planned for its values, which is known when nothing is added to it that may change that.</param>
    public static string Condition(SqlText sql, string row, PatientSet patients, bool planned)
    {
        if (patients.Count <= Compared)
        {
            return $"({row}.patients {(patients.Count == 1 ? "@>" : "&&")} {sql.Add(patients.Ids)}::text[])";
        }

        return planned ? InThePlan(sql, row, patients) : sql.Selective || sql.Few ? Grouped(sql, row, patients) : Hashed(sql, row, patients);
    }

    // The array becomes a constant while the statement is planned, and PostgreSQL hashes constants. "case" keeps the planner from weighing every element.
    private static string InThePlan(SqlText sql, string row, PatientSet patients)
    {
        var all = Array(sql.Add(patients.Joined));
        return $"case when {row}.patients[1] = any({all}) then true else cardinality({row}.patients) > 1 and {row}.patients && (select {all}) end";
    }

    // Few rows with a plan for all values: nothing is made ready for the statement. The patient of each row is looked for in a text of those whose ids end alike.
    private static string Grouped(SqlText sql, string row, PatientSet patients)
    {
        var groups = sql.Add(patients.Groups);
        var mask = patients.Groups.Length - 1;
        string Has(string id) =>
            $"strpos(({groups}::text[])[1 + ((ascii(right({id}, 1)) + {PatientSet.Second} * ascii(right({id}, 2))) & {mask})], chr(30) || {id} || chr(30)) > 0";
        return $"({Has($"{row}.patients[1]")} or (cardinality({row}.patients) > 1 and exists (select from unnest({row}.patients) u (patient) where {Has("u.patient")})))";
    }

    // Many rows with a plan for all values: hashed once for the statement, also behind an "or". A text is sent and read faster than an array.
    private static string Hashed(SqlText sql, string row, PatientSet patients)
    {
        var joined = sql.Add(patients.Joined);
        return $"({row}.patients[1] in (select string_to_table({joined}::text, chr(30))) or (cardinality({row}.patients) > 1 and {row}.patients && (select {Array(joined)})))";
    }

    private static string Array(string joined) => $"string_to_array({joined}::text, chr(30))";
}
