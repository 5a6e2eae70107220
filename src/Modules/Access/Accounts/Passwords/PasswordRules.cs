using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Salus.Access.Accounts.Passwords;

/// <summary>
/// Which passwords are taken: long ones, not known ones, and not the user name. No rules of composition, which make people write Password1! (NIST SP 800-63B, section 5.1.1.2).
/// </summary>
internal sealed class PasswordRules(IOptions<AccountOptions> options, BreachedPasswords breached) : IPasswordValidator<User>
{
    public const int Longest = 256;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(Problem(user.UserName, password) is { } problem ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem }) : IdentityResult.Success);

    /// <summary>Why a password is not taken, and what to do; null when it is.</summary>
    public string? Problem(string? userName, string? password)
    {
        var shortest = options.Value.MinimumPasswordLength;
        if (password is null || password.Length < shortest)
        {
            return $"The password has to have at least {shortest} characters: four words that have nothing to do with each other are good.";
        }

        if (password.Length > Longest)
        {
            return $"The password may have at most {Longest} characters.";
        }

        if (userName is { Length: > 2 } && password.Contains(userName, StringComparison.OrdinalIgnoreCase))
        {
            return "The password may not contain the user name.";
        }

        return breached.Contains(password) ? "This password is one of those that attackers try first. Choose another: four words that have nothing to do with each other are good." : null;
    }
}
