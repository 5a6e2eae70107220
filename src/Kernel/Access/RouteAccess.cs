using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Salus.Kernel;

/// <summary>Who may call a route. Every route says it; one that does not is refused.</summary>
/// <param name="Kind">How it is decided.</param>
/// <param name="Permission">The named permission, for <see cref="RouteKind.Permission"/>.</param>
public sealed record RouteAccess(RouteKind Kind, string? Permission = null);

/// <summary>How the access to a route is decided.</summary>
public enum RouteKind
{
    /// <summary>Everybody: pages, health, sign-in, public metadata.</summary>
    Public,
    /// <summary>Whoever is signed in.</summary>
    SignedIn,
    /// <summary>Who has a named permission.</summary>
    Permission,
    /// <summary>The record decides, by the grants of the caller; nobody else gets so far.</summary>
    Record,
}

/// <summary>Says who may call a route, and who calls.</summary>
public static class RouteAccessExtensions
{
    /// <summary>Everybody may.</summary>
    public static T ForEverybody<T>(this T route)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(RouteKind.Public));

    /// <summary>Whoever is signed in may.</summary>
    public static T ForSignedIn<T>(this T route)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(RouteKind.SignedIn));

    /// <summary>Who has this permission may.</summary>
    public static T ForPermission<T>(this T route, string permission)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(RouteKind.Permission, permission));

    /// <summary>The record decides, resource by resource.</summary>
    public static T ByGrants<T>(this T route)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RouteAccess(RouteKind.Record));

    /// <summary>Who calls; nobody, where nothing in front of the route found out.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? Kernel.Caller.Nobody;

    /// <summary>Finds out later who calls then; nobody, where nothing in front of the route can.</summary>
    public static CallerAgain Again(this HttpContext http) => http.Features.Get<CallerAgain>() ?? new CallerAgain(_ => new((Caller?)null));
}
