using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>What somebody who is signed in asks about their own account.</summary>
/// <param name="User">As the table has it now: what is kept in memory may be two seconds old.</param>
internal sealed record OwnRequest<T>(T Body, SignedIn SignedIn, User User)
    where T : class
{
    /// <summary>Reads body and account; one of the two results is null.</summary>
    public static async Task<(OwnRequest<T>? Asked, Answer? Refusal)> ReadAsync(HttpContext http, AccountTable table)
    {
        var read = await JsonBody.ReadAsync<T>(http);
        return read.Failed(out var failure) ? (null, Access.Body.Refuse(failure))
            : http.Features.Get<SignedIn>() is { } me && await table.FindAsync(me.Account.Id, http.RequestAborted) is { } user ? (new(read.Value, me, user), null)
            : (null, Answer.SignInFirst());
    }
}
