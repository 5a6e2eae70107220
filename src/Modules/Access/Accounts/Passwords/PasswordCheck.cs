using Microsoft.AspNetCore.Identity;

namespace Salus.Access.Accounts.Passwords;

/// <summary>Verifies passwords, always with the same work: where there is no account, against a hash that nothing matches.</summary>
internal sealed class PasswordCheck(IPasswordHasher<User> hasher, AccountTable table)
{
    private readonly Lazy<string> nobody = new(() => hasher.HashPassword(Nobody(), Secret.New()));

    /// <summary>Whether it is the password of this account.</summary>
    /// <param name="user">Null when whatever was sent is wrong.</param>
    public async Task<bool> IsRightAsync(User? user, string password, CancellationToken ct)
    {
        var result = hasher.VerifyHashedPassword(user ?? Nobody(), user?.PasswordHash ?? nobody.Value, password);
        if (user?.PasswordHash is null || result == PasswordVerificationResult.Failed)
        {
            return false;
        }

        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await table.RehashAsync(user.Id, user.PasswordHash, hasher.HashPassword(user, password), ct);
        }

        return true;
    }

    /// <summary>Makes the hash that unknown users are checked against, so that the first of them does not take longer.</summary>
    public void Prepare() => _ = nobody.Value;

    private static User Nobody() => new() { Id = Guid.Empty, Tenant = 0, Name = "" };
}
