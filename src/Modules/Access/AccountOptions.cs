using System.ComponentModel.DataAnnotations;

namespace Salus.Access;

/// <summary>Accounts, passwords and sessions, section <c>Salus:Access:Accounts</c>.</summary>
public sealed class AccountOptions
{
    /// <summary>The shortest password, in characters. Default 12.</summary>
    [Range(8, 128)]
    public int MinimumPasswordLength { get; set; } = 12;

    /// <summary>Rounds of PBKDF2 with HMAC-SHA-512 for a password. Default 210,000. Hashes with fewer are renewed at the next sign-in.</summary>
    [Range(210_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>A file of breached passwords beside the list that is shipped: SHA-1 in hexadecimal, a line each, in order, as Have I Been Pwned publishes it (<c>HASH:count</c>). Default none.</summary>
    public string? BreachedPasswords { get; set; }

    /// <summary>Minutes without a request after which a session is over. Default 30.</summary>
    [Range(1, 1440)]
    public int SessionIdleMinutes { get; set; } = 30;

    /// <summary>Hours after which a session is over in any case. Default 12.</summary>
    [Range(1, 720)]
    public int SessionHours { get; set; } = 12;

    /// <summary>Minutes for which a proof of who one is counts as fresh, for break-glass, the administration of users and new second factors. Default 5.</summary>
    [Range(1, 60)]
    public int FreshMinutes { get; set; } = 5;

    /// <summary>Roles that have to have a second factor, with commas between. Default administrator and privacy-officer. Demo accounts need none.</summary>
    public string SecondFactorRoles { get; set; } = "administrator,privacy-officer";

    /// <summary>Wrong passwords for one account from one address, after which the next has to wait. Default 5.</summary>
    [Range(2, 100)]
    public int AttemptsPerAddress { get; set; } = 5;

    /// <summary>Wrong passwords for one account from all browsers that never signed in to it, after which these have to wait. Default 50.</summary>
    [Range(5, 10_000)]
    public int AttemptsPerAccount { get; set; } = 50;

    /// <summary>Wrong passwords from one address for all accounts within a quarter of an hour, after which unknown browsers there have to wait. Default 200: a hospital may have one address.</summary>
    [Range(5, 100_000)]
    public int AttemptsFromAddress { get; set; } = 200;

    /// <summary>Whether the demo accounts are made when the demo hospital is filled. Default true; a record that is not the demo never has them.</summary>
    public bool DemoAccounts { get; set; } = true;
}
