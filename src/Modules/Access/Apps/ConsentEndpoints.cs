using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>The page that asks the user: GET and POST /access/consent/{id}.</summary>
internal sealed class ConsentEndpoints(ConsentStore consents, ClientStore clients, CodeIssuer codes, IAuditTrail audit, IOptions<OAuthOptions> options)
{
    private const string Gone = "This question of an app is answered, too old, or was asked of somebody else. Open the app again.";

    public async Task<IResult> GetAsync(HttpContext http, string id, CancellationToken ct)
    {
        if (http.Features.Get<SignedIn>() is not { } signedIn || await consents.FindAsync(id, signedIn.Account.Id, signedIn.Session, ct) is not { } request
            || await clients.FindAsync(request.Client, ct) is not { Active: true } client)
        {
            return new Answer(StatusCodes.Status404NotFound, "not-found", Gone);
        }

        OAuthError.NoStore(http);
        return Results.Json(new
        {
            client = new { client.Id, client.Name, client.Url },
            scopes = request.Scopes.Texts.Select(text => ScopeWords.Of(text) is var (words, sensitive) ? new { scope = text, words, sensitive } : null),
            needsPatient = request.NeedsPatient,
            request.Patient,
            redirectHost = Host(request.RedirectUri),
        });
    }

    public async Task<IResult> PostAsync(HttpContext http, string id, ConsentAnswer answer, CancellationToken ct)
    {
        if (OAuthAddresses.Of(http, options) is not { } addresses)
        {
            return new Answer(StatusCodes.Status409Conflict, "conflict", OAuthAddresses.Unknown.Description);
        }

        if (http.Features.Get<SignedIn>() is not { } signedIn || await consents.FindAsync(id, signedIn.Account.Id, signedIn.Session, ct) is not { } asked)
        {
            return new Answer(StatusCodes.Status404NotFound, "not-found", Gone);
        }

        var patient = asked.NeedsPatient ? answer.Patient ?? asked.Patient : asked.Patient;
        var granted = ScopeSet.Of(answer.Scopes ?? asked.Scopes.Texts);
        if (answer.Allow && Wrong(asked, granted, patient) is { } problem)
        {
            return problem;
        }

        // From here on it is answered, whoever asks at the same time.
        if (await consents.TakeAsync(id, signedIn.Account.Id, signedIn.Session, ct) is not { } request || await clients.FindAsync(request.Client, ct) is not { Active: true })
        {
            return new Answer(StatusCodes.Status409Conflict, "conflict", Gone);
        }

        await audit.WriteAsync([Entry(http.Caller(), request, granted, answer.Allow, patient)], ct);
        OAuthError.NoStore(http);
        return Results.Json(new
        {
            redirect = answer.Allow
                ? await codes.IssueAsync(request, granted, patient, addresses, signedIn, ct)
                : AuthorizationRequest.Back(request.RedirectUri, addresses, request.State, new OAuthError("access_denied", "The user refused.")),
        });
    }

    // The user may allow less than was asked for, never more.
    private static Answer? Wrong(ConsentRequest asked, ScopeSet granted, string? patient)
    {
        if (granted.Texts.Count == 0 || granted.Texts.Any(t => !asked.Scopes.Has(t)))
        {
            return new Answer(StatusCodes.Status422UnprocessableEntity, "value", "At least one scope has to be allowed, and only those that the app asked for.", "scopes");
        }

        return granted.NeedsPatient && !FhirIds.IsId(patient)
            ? new Answer(StatusCodes.Status422UnprocessableEntity, "required", "The app needs a patient: choose one.", "patient")
            : null;
    }

    private static AuditEntry Entry(Caller caller, ConsentRequest request, ScopeSet granted, bool allow, string? patient) => new(caller, AuditKind.Consent)
    {
        Type = "app",
        Id = request.Client,
        Outcome = allow ? AuditOutcome.Success : AuditOutcome.MinorFailure,
        Patients = allow && patient is not null ? [patient] : [],
        Detail = allow ? $"allowed: {granted}" : "refused",
    };

    private static string Host(string redirect) => new Uri(redirect) is { Host.Length: > 0 } uri ? uri.Authority : redirect.Split(':')[0];
}

/// <summary>The body of POST /access/consent/{id}.</summary>
/// <param name="Scopes">Those allowed; null for all that were asked for.</param>
/// <param name="Patient">The logical id of the chosen one.</param>
internal sealed record ConsentAnswer(bool Allow, IReadOnlyList<string>? Scopes, string? Patient);
