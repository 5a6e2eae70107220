using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Scopes in words, for the page that asks the user.</summary>
internal static class ScopeWords
{
    private static readonly Interactions Writing = Interactions.Create | Interactions.Update | Interactions.Delete;

    /// <summary>One sentence, and whether the page points it out: what changes data, what is about everything, what lasts.</summary>
    public static (string Words, bool Sensitive) Of(string text) => text switch
    {
        ScopeSet.OpenId => ("know that it is you", false),
        ScopeSet.FhirUser => ("know which person of the record you are", false),
        ScopeSet.Profile => ("know your name", false),
        ScopeSet.Launch => ("know whose chart you opened it from", false),
        ScopeSet.LaunchPatient => ("know which patient you choose", false),
        ScopeSet.Offline => ("keep its access when you are not here", true),
        ScopeSet.Online => ("keep its access as long as you are signed in", false),
        _ when Scope.TryParse(text, out var scope) => (Words(scope), (scope.Allows & Writing) != 0 || scope.Type == Grant.AnyType),
        _ => (text, true),
    };

    private static string Words(Scope scope)
    {
        string[] verbs =
        [
            .. scope.Allows.HasFlag(Interactions.Read) || scope.Allows.HasFlag(Interactions.Search) ? (string[])["read"] : [],
            .. scope.Allows.HasFlag(Interactions.Create) ? (string[])["add"] : [],
            .. scope.Allows.HasFlag(Interactions.Update) ? (string[])["change"] : [],
            .. scope.Allows.HasFlag(Interactions.Delete) ? (string[])["delete"] : [],
        ];
        var what = scope.Type == Grant.AnyType ? "everything" : $"all resources of the type {scope.Type}";
        var which = scope.Criteria is null ? "" : $" with {scope.Criteria.Replace("&", " and ", StringComparison.Ordinal)}";
        return $"{string.Join(", ", verbs)} {what}{which} {(scope.Context == ScopeContext.Patient ? "in the patient's record" : "that you may see")}";
    }
}
