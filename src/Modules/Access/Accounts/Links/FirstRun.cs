using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.Passwords;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;

namespace Salus.Access.Accounts.Links;

/// <summary>
/// Makes the first administrator. There is no default password: a code is printed on the console while there is no account (<see cref="FirstAdministrator"/>), and who
/// reads the console is who installs the server.
/// </summary>
internal sealed class FirstRun(
    AccountTable table, Database database, PasswordRules rules, IPasswordHasher<User> hasher, PasswordCheck passwords, AttemptGuard guard, SignInFlow flow, AccountAudit audit, IOptions<AccessOptions> options, TimeProvider time) : IHostedService
{
    internal sealed record Request(string? Code, string? UserName, string? Name, string? Password);

    /// <summary>25 letters without those that look alike: 120 bits. Null while it is not needed.</summary>
    public string? Code { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.SignIn)
        {
            return;
        }

        passwords.Prepare();
        if (!await table.AnyAdministratorAsync(cancellationToken))
        {
            Code = Secret.NewCode(25);
        }
    }

    /// <summary>Prints the code if there is still no administrator.</summary>
    public async Task AnnounceAsync(CancellationToken ct)
    {
        if (Code is { } code && !await table.AnyAdministratorAsync(ct))
        {
            await Console.Out.WriteLineAsync($"\n  There is no administrator yet. Open the pages of Salus and make the first administrator with this code:\n  {string.Join('-', code.Chunk(5).Select(c => new string(c)))}\n");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IResult> MakeAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var read = await JsonBody.ReadAsync<Request>(http);
        if (read.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        var request = read.Value with { UserName = await table.NormalAsync(read.Value.UserName ?? "", ct) };
        if (Code is null || await table.AnyAdministratorAsync(ct))
        {
            return Answer.Conflict("There is an administrator already, who invites others; when none is left, use the command salus users on the server.");
        }

        if (Refuse(request) is { } refusal)
        {
            return refusal;
        }

        if (await guard.BeginAsync(http, "first run", device: null, ct) is { Allowed: false })
        {
            return SignInFlow.TooMany(TimeSpan.FromMinutes(1));
        }

        var sent = new string([.. (request.Code ?? "").Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(Code)))
        {
            await audit.WriteAsync(http, AuditKind.Denied, null, "wrong code for the first administrator", ct, success: false);
            return Answer.Invalid("code", "This is not the code that the server has printed on its console at its last start.");
        }

        return await AddAsync(http, request, ct);
    }

    private Answer? Refuse(Request request) =>
        UserNames.Problem(request.UserName) is { } wrong ? Answer.Invalid("userName", wrong)
        : Texts.Visible(request.Name).Length == 0 || request.Name!.Length > 200 ? Answer.Invalid("name", "The name is missing or has more than 200 characters.")
        : rules.Problem(request.UserName, request.Password) is { } problem ? Answer.Invalid("password", problem) : null;

    private async Task<IResult> AddAsync(HttpContext http, Request request, CancellationToken ct)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Tenant = Tenant.Default.Number,
            UserName = request.UserName,
            Name = request.Name!.Trim(),
            Roles = [RoleNames.Administrator],
            Stamp = Secret.New(),
        };
        user.PasswordHash = hasher.HashPassword(user, request.Password!);
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Two requests at once make one administrator.
        await using (var turn = connection.Command("select pg_advisory_xact_lock(hashtextextended('salus.access.first-run', 0))"))
        {
            await turn.ExecuteNonQueryAsync(ct);
        }

        if (await table.AnyAdministratorAsync(ct) || !await table.AddAsync(user, ct))
        {
            return Answer.Conflict("There is an administrator already, or the user name is taken.");
        }

        await transaction.CommitAsync(ct);
        Code = null;
        await audit.WriteAsync(http, AuditKind.PermissionChange, user, "first administrator made", ct, self: true);
        return await flow.FinishAsync(http, user, ["pwd"]);
    }
}
