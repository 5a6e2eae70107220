using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Access.Accounts;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;

namespace Salus.Access.Tenants;

/// <summary>Tenants, for the administrator of the machine: the permission is in no role, and an administrator of a tenant is nothing in another.</summary>
internal static class TenantEndpoints
{
    private const int LongestName = 200;

    private sealed record Named(string? Name);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/access/tenants", ListAsync).ForPermission(Permissions.Tenants).NeedsSignIn();
        routes.MapPost("/admin/access/tenants", AddAsync).ForPermission(Permissions.Tenants).NeedsSignIn();
        routes.MapPut("/admin/access/tenants/{number:int}", RenameAsync).ForPermission(Permissions.Tenants).NeedsSignIn();
    }

    private static async Task<IResult> ListAsync(HttpContext http, TenantTable tenants) => Results.Json(new { tenants = await tenants.ListAsync(http.RequestAborted) });

    private static async Task<IResult> AddAsync(HttpContext http, TenantTable tenants, AccountAudit audit)
    {
        var name = await NameAsync(http);
        if (name.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        var made = await tenants.AddAsync(name.Value, http.RequestAborted);
        if (made.Failed(out var failure))
        {
            return Body.Refuse(failure);
        }

        await audit.WriteAsync(http, AuditKind.PermissionChange, null, $"tenant {made.Value} made: {name.Value}", http.RequestAborted);
        return Results.Json(new { number = made.Value, name = name.Value }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RenameAsync(int number, HttpContext http, TenantTable tenants, AccountAudit audit)
    {
        var name = await NameAsync(http);
        if (name.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        var renamed = await tenants.RenameAsync(new Tenant(number), name.Value, http.RequestAborted);
        if (renamed.Failed(out var failure))
        {
            return failure.Kind == FailureKind.NotFound ? Answer.NotFound(failure.Problems[0].Message) : Body.Refuse(failure);
        }

        await audit.WriteAsync(http, AuditKind.PermissionChange, null, $"tenant {number} renamed: {name.Value}", http.RequestAborted);
        return Results.Json(new { number, name = name.Value });
    }

    private static async Task<Outcome<string>> NameAsync(HttpContext http)
    {
        var read = await JsonBody.ReadAsync<Named>(http);
        return read.Failed(out var failure) ? failure
            : Texts.Visible(read.Value.Name).Length == 0 || read.Value.Name!.Trim().Length > LongestName
                ? new Failure(FailureKind.Unprocessable, "value", $"The name is missing or has more than {LongestName} characters.", "name")
                : read.Value.Name.Trim();
    }
}
