using Microsoft.AspNetCore.Identity;

namespace Salus.Access.Accounts;

/// <summary>Passkeys, as the framework's handler asks for them.</summary>
internal sealed partial class UserStore : IUserPasskeyStore<User>
{
    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => passkeys.SaveAsync(user.Id, passkey, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) => await passkeys.OfAsync(user.Id, cancellationToken);

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) => await table.FindAsync(await passkeys.OwnerAsync(credentialId, cancellationToken), cancellationToken);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => passkeys.FindAsync(user.Id, credentialId, cancellationToken);

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => passkeys.RemoveAsync(user.Id, credentialId, cancellationToken);
}
