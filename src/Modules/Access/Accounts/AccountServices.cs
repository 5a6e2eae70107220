using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Salus.Access.Accounts.Administration;
using Salus.Access.Accounts.Links;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.Providers;
using Salus.Access.Accounts.SecondFactors;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Access.Gate;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>Accounts, sign-in and sessions: their services and routes.</summary>
internal static class AccountServices
{
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<AccountOptions>(configuration, "Salus:Access:Accounts");
        services.AddSingleton<AccountTable>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<AccountAudit>();
        services.AddSingleton<Reauthentication>();
        services.AddSingleton<IActors, UserActors>();
        services.AddSingleton<ICallers, Callers>();
        AddFramework(services);
        services.AddSingleton<BreachedPasswords>();
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<SessionKeeper>();
        services.AddSingleton<IIdentity, SessionIdentity>();
        services.AddSingleton<AttemptGuard>();
        services.AddSingleton<Devices>();
        services.AddSingleton<SignInFlow>();
        services.AddSingleton<SessionEndpoint>();
        services.AddSingleton<TotpTable>();
        services.AddSingleton<PasskeyTable>();
        services.AddScoped<Ceremonies>();
        services.AddSingleton<OneTimeLinks>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<FirstRun>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<FirstRun>());
        services.AddSingleton<ISessionExtras, DemoAccountList>();
        services.AddProviders(configuration);
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        SignInEndpoints.Map(routes);
        SecondFactorEndpoints.Map(routes);
        LinkEndpoints.Map(routes);
        OwnAccountEndpoints.Map(routes);
        OwnFactorEndpoints.Map(routes);
        ProviderServices.Map(routes);
        UserEndpoints.Map(routes);
        UserActionEndpoints.Map(routes);
    }

    // Of the framework's Identity: the manager of users with its validators, the hasher of passwords, passkeys. Sessions and lockout are ours.
    private static void AddFramework(IServiceCollection services)
    {
        services.AddDataProtection();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddIdentityCore<User>(identity =>
        {
            identity.User.AllowedUserNameCharacters = "";
            // Ours says more: PasswordRules.
            identity.Password = new PasswordOptions { RequiredLength = 1, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false };
        }).AddUserStore<UserStore>().AddPasswordValidator<PasswordRules>();
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "preferred";
        });
        services.AddOptions<PasswordHasherOptions>().Configure<AccountOptions>((hasher, options) => hasher.IterationCount = options.PasswordIterations);
    }
}
