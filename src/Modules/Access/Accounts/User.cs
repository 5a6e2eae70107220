using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>A row of the table of accounts: what the framework's Identity works with. Outside of sign-in and administration, <see cref="Account"/> is what counts.</summary>
internal sealed class User
{
    public required Guid Id { get; init; }

    public required int Tenant { get; init; }

    /// <summary>Null until an invited person has chosen one.</summary>
    public string? UserName { get; set; }

    public required string Name { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public string? Person { get; init; }

    public IReadOnlyList<string> Wards { get; init; } = [];

    /// <summary>One of <see cref="AccountState"/>.</summary>
    public string State { get; set; } = AccountState.Active;

    public string? PasswordHash { get; set; }

    public string Stamp { get; set; } = "";

    public int Version { get; init; } = 1;

    /// <summary>Encrypted.</summary>
    public byte[]? TotpSecret { get; init; }

    public bool TotpConfirmed { get; init; }

    public int Passkeys { get; init; }

    public bool Demo { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? LastSeenAt { get; init; }

    public bool HasSecondFactor => TotpConfirmed || Passkeys > 0;

    public Account ToAccount() => new(Id, new Tenant(Tenant), UserName ?? "", Name, Roles) { Person = Person, Wards = Wards };

    /// <summary>User names that differ in case only are one.</summary>
    /// <param name="userName">Normalized: <see cref="AccountTable.NormalAsync"/>.</param>
    public static string Key(string userName) => userName.ToUpperInvariant();
}

/// <summary>What an account may be in, as it is stored and shown.</summary>
internal static class AccountState
{
    public const string Invited = "invited";
    public const string Active = "active";
    public const string Locked = "locked";
    public const string Disabled = "disabled";
}
