using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>What an app that acts for somebody, or by itself, was allowed: one more layer in front of the roles.</summary>
/// <param name="Client">The id of the app.</param>
/// <param name="Grants">What its scopes allow.</param>
/// <param name="Permissions">The named permissions that it may use, if the user has them: none for apps that only asked for scopes of FHIR.</param>
internal sealed record AppAccess(string Client, IReadOnlyList<Grant> Grants, IReadOnlyCollection<string> Permissions);
