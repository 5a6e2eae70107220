using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Salus.Kernel;

/// <summary>How Salus logs.</summary>
public static class KernelLogging
{
    /// <summary>
    /// Logs to standard output: one JSON object a line, or one readable line when it is a terminal. Replaces the providers that are there.
    /// Messages of the web server and of the database driver appear from Warning up only: below that they quote addresses and SQL, which
    /// can hold patient data.
    /// </summary>
    /// <param name="logging">The program's logging.</param>
    /// <param name="standardError">Log to standard error instead, for a command whose standard output is its result.</param>
    public static ILoggingBuilder AddKernelConsole(this ILoggingBuilder logging, bool standardError = false)
    {
        logging.ClearProviders();
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        if (standardError ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(Structured);
        }
        else
        {
            logging.AddSimpleConsole(Readable);
        }

        if (standardError)
        {
            logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }

        return logging;
    }

    // Scopes of the web server carry the path of the request, and with it identifiers of patients.
    private static void Structured(JsonConsoleFormatterOptions format)
    {
        format.IncludeScopes = false;
        format.UseUtcTimestamp = true;
        format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    }

    private static void Readable(SimpleConsoleFormatterOptions format)
    {
        format.SingleLine = true;
        format.IncludeScopes = false;
        format.TimestampFormat = "HH:mm:ss ";
    }
}
