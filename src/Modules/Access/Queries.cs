using System.Globalization;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Access;

/// <summary>The query of a request.</summary>
internal static class Queries
{
    /// <summary>Refuses what no text can hold, in front of every route that this filter is put on.</summary>
    public static ValueTask<object?> RefuseUnstorable(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var (name, values) in context.HttpContext.Request.Query)
        {
            if (!Texts.IsStorable(name) || values.Any(v => !Texts.IsStorable(v ?? "")))
            {
                var field = Texts.IsStorable(name) ? name : "query";
                return new(Answer.Invalid(field, $"{field} {Texts.Unstorable}"));
            }
        }

        return next(context);
    }

    /// <summary>How many a page is to have, by <c>count</c>.</summary>
    public static Outcome<int> Count(HttpContext http, int byDefault, int most)
    {
        if (http.Request.Query["count"].ToString() is not { Length: > 0 } text)
        {
            return byDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= most
            ? count
            : new Failure(FailureKind.Unprocessable, "value", $"count is '{(text.Length <= 40 ? text : text[..40] + "…")}'; it takes a number from 1 to {most}.", "count");
    }
}
