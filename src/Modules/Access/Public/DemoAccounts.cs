using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Accounts.SignIn;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access;

/// <summary>Whom the demo account of a role stands for.</summary>
/// <param name="Role">A role of the table of permissions.</param>
/// <param name="Name">For people; it is shown with (demo) behind.</param>
/// <param name="Person">Their resource in the demo hospital: <c>Practitioner/1</c>; null for none.</param>
/// <param name="Wards">Where they work: <c>Location/3</c>.</param>
public sealed record DemoPerson(string Role, string Name, string? Person, IReadOnlyList<string> Wards);

/// <summary>
/// One account for each role, with a password that the sign-in page shows: for the demo hospital, whose people are made up. To be made only by who knows that the record is the demo;
/// beside real accounts they are never made.
/// </summary>
public static class DemoAccounts
{
    /// <summary>The password of all of them. Everybody may know it.</summary>
    public const string Password = "this is only a demo";

    /// <summary>Makes those that are missing; returns how many were made. None where sign-in or <see cref="AccountOptions.DemoAccounts"/> is off, and none when there is a real account.</summary>
    /// <exception cref="ArgumentException">A role is not in the table of permissions.</exception>
    public static async Task<int> MakeAsync(IServiceProvider services, IReadOnlyList<DemoPerson> people, CancellationToken ct = default)
    {
        var table = services.GetRequiredService<AccountTable>();
        var roles = services.GetRequiredService<RoleTable>().Roles.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        if (people.FirstOrDefault(p => !roles.Contains(p.Role)) is { } unknown)
        {
            throw new ArgumentException($"There is no role '{unknown.Role}'. There are {string.Join(", ", roles)}.", nameof(people));
        }

        if (!services.GetRequiredService<IOptions<AccessOptions>>().Value.SignIn || !services.GetRequiredService<IOptions<AccountOptions>>().Value.DemoAccounts || await table.AnyRealAsync(ct))
        {
            return 0;
        }

        var time = services.GetRequiredService<TimeProvider>();
        var hasher = services.GetRequiredService<IPasswordHasher<User>>();
        var made = 0;
        foreach (var person in people)
        {
            var user = new User
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()), Tenant = Tenant.Default.Number, UserName = $"demo-{person.Role}", Name = $"{person.Name} (demo)",
                Roles = [person.Role], Person = person.Person, Wards = person.Wards, Demo = true, Stamp = "demo",
            };
            user.PasswordHash = hasher.HashPassword(user, Password);
            made += await table.AddAsync(user, ct) ? 1 : 0;
        }

        return made;
    }
}

/// <summary>Shows the demo accounts on the sign-in page.</summary>
internal sealed class DemoAccountList(AccountTable table, RoleTable roles) : ISessionExtras
{
    public async ValueTask AddAsync(HttpContext http, IDictionary<string, object?> answer, CancellationToken ct)
    {
        if (http.Caller().IsKnown || await table.DemoAsync(ct) is not { Count: > 0 } demo)
        {
            return;
        }

        answer["demoAccounts"] = demo.Select(u => new
        {
            u.UserName,
            DemoAccounts.Password,
            u.Name,
            Role = u.Roles[0],
            roles.Roles.FirstOrDefault(r => u.Roles.Contains(r.Name))?.Description,
            Home = Homes.Of(new Caller(new Tenant(u.Tenant), u.ToAccount().Actor) { Person = u.Person, Roles = u.Roles }),
        });
    }
}
