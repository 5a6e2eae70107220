using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Salus.Monitoring;

/// <summary>JSON as the answer of a route, written as it goes out.</summary>
internal sealed class WrittenJson(Action<Utf8JsonWriter> write) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter);
        write(json);
    }
}
