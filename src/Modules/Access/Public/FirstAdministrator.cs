using Microsoft.Extensions.DependencyInjection;
using Salus.Access.Accounts.Links;

namespace Salus.Access;

/// <summary>The way in while there is no account.</summary>
public static class FirstAdministrator
{
    /// <summary>Prints the code that the first administrator is made with; nothing when there is an account, or no sign-in. For whoever knows that no account is made by itself any more.</summary>
    /// <param name="services">Of a host with <c>AddKernel</c> and <c>AddAccess</c>, started.</param>
    public static Task AnnounceAsync(IServiceProvider services, CancellationToken ct = default) => services.GetRequiredService<FirstRun>().AnnounceAsync(ct);
}
