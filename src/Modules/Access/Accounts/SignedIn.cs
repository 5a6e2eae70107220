namespace Salus.Access.Accounts;

/// <summary>
/// Who is signed in with the cookie of a request: <c>http.Features.Get&lt;SignedIn&gt;()</c>. Not there for bearer tokens, and not before a second factor that is needed was given.
/// </summary>
/// <param name="Account">The account as it is now.</param>
/// <param name="Session">The id of the session: as <see cref="Kernel.Caller.Session"/>, no secret.</param>
/// <param name="Methods">How they proved it, in the words of RFC 8176: <c>pwd</c>, <c>otp</c>, <c>hwk</c>, <c>fed</c> for another provider.</param>
/// <param name="At">When they signed in.</param>
/// <param name="FreshAt">When they last proved it: at the sign-in, or again later.</param>
internal sealed record SignedIn(Account Account, string Session, IReadOnlyList<string> Methods, DateTimeOffset At, DateTimeOffset FreshAt);
