using System.Globalization;
using System.Text;

namespace Salus.Access.Audit;

/// <summary>Entries for a spreadsheet (RFC 4180).</summary>
internal static class AuditCsv
{
    private const string Head = "id,at,kind,outcome,actor,actorName,roles,person,client,session,address,purpose,type,resourceId,version,patients,query,detail,request,breakGlass\r\n";

    public static string Of(IEnumerable<AuditRow> rows)
    {
        var text = new StringBuilder(Head);
        foreach (var r in rows)
        {
            text.AppendJoin(',', new[]
            {
                r.Id.ToString(), r.At.ToString("O", CultureInfo.InvariantCulture), r.Kind.ToString(), r.Outcome.ToString(), r.Actor, r.Name, string.Join(' ', r.Roles), r.Person, r.Client, r.Session, r.Address,
                r.Purpose, r.Type, r.ResourceId, r.Version == 0 ? "" : r.Version.ToString(CultureInfo.InvariantCulture), string.Join(' ', r.Patients), r.Query, r.Detail, r.Request, string.Join(' ', r.Openings),
            }.Select(Field)).Append("\r\n");
        }

        return text.ToString();
    }

    // What a spreadsheet would take for a formula gets an apostrophe: queries come from whoever sent a request.
    private static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
