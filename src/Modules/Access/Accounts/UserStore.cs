using Microsoft.AspNetCore.Identity;

namespace Salus.Access.Accounts;

/// <summary>What the framework's Identity asks of accounts, on PostgreSQL.</summary>
internal sealed partial class UserStore(AccountTable table, AccountDirectory directory, SecondFactors.PasskeyTable passkeys) : IUserPasswordStore<User>, IUserSecurityStampStore<User>
{
    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString("N"));

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken)
    {
        user.UserName = userName;
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.UserName is null ? null : User.Key(user.UserName));

    // Made from the user name when it is stored.
    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => Result(await table.AddAsync(user, cancellationToken), user);

    public async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken)
    {
        var saved = await table.SaveAsync(user, cancellationToken);
        directory.Forget(user.Id);
        return Result(saved, user);
    }

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw new NotSupportedException("Accounts are disabled, never deleted: the audit trail names them.");

    public async Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "N", out var id) ? await table.FindAsync(id, cancellationToken) : null;

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => table.FindByNameAsync(normalizedUserName, cancellationToken);

    public Task SetPasswordHashAsync(User user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(User user, string stamp, CancellationToken cancellationToken)
    {
        user.Stamp = stamp;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Stamp);

    public void Dispose()
    {
    }

    private static IdentityResult Result(bool done, User user) =>
        done ? IdentityResult.Success : IdentityResult.Failed(new IdentityErrorDescriber().DuplicateUserName(user.UserName ?? ""));
}
