namespace Salus.Access.Accounts;

/// <summary>Names of roles, as the table of permissions has them, that mean something to accounts themselves.</summary>
internal static class RoleNames
{
    public const string Administrator = "administrator";
}
