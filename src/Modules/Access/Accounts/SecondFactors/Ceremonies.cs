using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Jose;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>
/// Registration and use of passkeys by the framework's handler (https://www.w3.org/TR/webauthn-3/). Each challenge is for one browser, five minutes and one answer; a browser may
/// have several, one in each tab that shows the sign-in.
/// </summary>
internal sealed class Ceremonies(IPasskeyHandler<User> handler, UserManager<User> manager, PasskeyTable passkeys)
{
    private const string Registration = "passkey registration";
    private const string SignIn = "passkey sign-in";

    /// <summary>JSON for <c>navigator.credentials.create</c>.</summary>
    public async Task<string> RegisterAsync(HttpContext http, User user)
    {
        var entity = new PasskeyUserEntity { Id = user.Id.ToString("N"), Name = user.UserName!, DisplayName = user.Name };
        var options = await handler.MakeCreationOptionsAsync(entity, http);
        await passkeys.ChallengeAsync(Key(http, Registration, Asked(options.CreationOptionsJson)), options.AttestationState!, http.RequestAborted);
        return options.CreationOptionsJson;
    }

    /// <summary>Keeps the passkey that the browser made; why not, when it is refused.</summary>
    public async Task<string?> AddAsync(HttpContext http, User user, string name, JsonElement credential)
    {
        var json = Text(credential);
        if (await passkeys.TakeAsync(Key(http, Registration, Answered(json)), http.RequestAborted) is not { } state)
        {
            return "The time for this passkey is over. Begin again.";
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = json, AttestationState = state });
        if (!result.Succeeded)
        {
            return $"The passkey was refused: {result.Failure.Message}";
        }

        if (result.UserEntity.Id != user.Id.ToString("N"))
        {
            return "The passkey was made for another account.";
        }

        result.Passkey.Name = name;
        await manager.AddOrUpdatePasskeyAsync(user, result.Passkey);
        return null;
    }

    /// <summary>JSON for <c>navigator.credentials.get</c>.</summary>
    /// <param name="user">Null when the passkey itself says whose it is.</param>
    public async Task<string> AskAsync(HttpContext http, User? user)
    {
        var options = await handler.MakeRequestOptionsAsync(user, http);
        await passkeys.ChallengeAsync(Key(http, SignIn, Asked(options.RequestOptionsJson)), options.AssertionState!, http.RequestAborted);
        return options.RequestOptionsJson;
    }

    /// <summary>The account whose passkey has answered; null when it was refused.</summary>
    public async Task<User?> AnswerAsync(HttpContext http, JsonElement credential)
    {
        var json = Text(credential);
        if (await passkeys.TakeAsync(Key(http, SignIn, Answered(json)), http.RequestAborted) is not { } state)
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = json, AssertionState = state });
        if (!result.Succeeded)
        {
            return null;
        }

        await manager.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return result.User;
    }

    private static string Browser(HttpContext http) => SessionCookies.SessionOf(http) is { } session && (http.Features.Get<SignedIn>() is not null || http.Features.Get<PendingSession>() is not null)
        ? session
        : SessionCookies.StartOf(http)!;

    private static string Key(HttpContext http, string purpose, string? challenge) => $"{purpose} {Browser(http)} {challenge}";

    private static string Asked(string options) => StrictJson.Object(Encoding.UTF8.GetBytes(options))!.Value.Text("challenge")!;

    /// <summary>The challenge that the browser says it answers; null where nothing can be read. What the answer is worth, the handler checks.</summary>
    private static string? Answered(string credential) =>
        StrictJson.Object(Encoding.UTF8.GetBytes(credential)) is { } json && json.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
        && StrictBase64Url.Decode(response.Text("clientDataJSON")) is { } data && StrictJson.Object(data) is { } client ? client.Text("challenge") : null;

    // A page may send the object, or its JSON as a text.
    private static string Text(JsonElement credential) => credential.ValueKind == JsonValueKind.String ? credential.GetString()! : credential.GetRawText();
}
