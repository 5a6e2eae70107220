using Microsoft.Extensions.FileProviders;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary>The web application: files of <c>web/dist</c>, beside the program or in the source tree.</summary>
internal static class WebPages
{
    private const string AnyPage = "{**path:nonfile}";

    public static void UseWebPages(this WebApplication app)
    {
        if (Folder() is not { } folder)
        {
            // The same route as with pages, so that the table of routes does not depend on what was built.
            app.MapFallback(AnyPage, () => Results.Text("The web pages are not built. Run 'npm ci && npm run build' in web/, then start again. The FHIR API is at /fhir/metadata.", statusCode: 404)).ForEverybody();
            return;
        }

        var files = new PhysicalFileProvider(folder);
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            // Vite writes the content's hash into names below assets/: such a file never changes.
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl =
                context.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.MapFallback(AnyPage, http => PageAsync(http, files)).ForEverybody();
    }

    // Addresses of pages, such as /patients/1, are the application's own.
    private static async Task PageAsync(HttpContext http, PhysicalFileProvider files)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.Headers.CacheControl = "no-cache";
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.SendFileAsync(files.GetFileInfo("index.html"));
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var dist = Path.Combine(folder.FullName, "web", "dist");
            if (File.Exists(Path.Combine(dist, "index.html")))
            {
                return dist;
            }
        }

        return null;
    }
}
