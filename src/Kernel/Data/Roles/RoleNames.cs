using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Kernel;

/// <summary>
/// The roles of one database. Roles belong to the whole server, so their names begin with the database's: two records on one server have nothing in common.
/// </summary>
internal sealed class RoleNames(string database)
{
    // A role's name has 63 bytes; "_tenant_" and a number need up to 18 of them.
    private const int LongestPrefix = 44;

    private readonly string prefix = Encoding.UTF8.GetByteCount(database) <= LongestPrefix
        ? database
        : "salus_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database)).AsSpan(0, 16));

    /// <summary>Nobody's own: what the role of every tenant may do.</summary>
    public string App => prefix + "_app";

    /// <summary>Sees all tenants: the committer, the feed, jobs.</summary>
    public string System => prefix + "_system";

    /// <summary>
    /// Sees one tenant, whose number PostgreSQL reads from the end of this name. A session cannot change it: SET ROLE leaves <c>session_user</c> as it is,
    /// and to be renamed or to become somebody else takes rights that the role does not have.
    /// </summary>
    public string Of(Tenant tenant) => prefix + "_tenant_" + tenant.Number.ToString(CultureInfo.InvariantCulture);
}
