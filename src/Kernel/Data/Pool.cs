using Microsoft.Extensions.Logging;
using Npgsql;

namespace Salus.Kernel;

/// <summary>The connection pool's settings, and what its first failure means.</summary>
internal static class Pool
{
    /// <exception cref="CannotStartException">The connection string cannot be read.</exception>
    /// <param name="planAnew">True to plan every execution for its values, false to plan a statement once for all.</param>
    /// <param name="name">What the metrics call it; several pools may share a name.</param>
    /// <param name="password">Asked for the password whenever a connection is opened; without it, the connection string has it.</param>
    public static NpgsqlDataSource Build(
        string connectionString, int size, bool planAnew, ILoggerFactory? loggers, string? name = null, Func<CancellationToken, ValueTask<string>>? password = null)
    {
        var builder = new NpgsqlDataSourceBuilder { Name = name ?? (planAnew ? "salus-search" : "salus") };
        var settings = builder.ConnectionStringBuilder;
        try
        {
            settings.ConnectionString = connectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The message of Npgsql names the keyword; the string itself may hold a password.
            throw new CannotStartException($"Salus:Postgres is not a connection string: {e.Message} Write it as Host=...;Database=...;Username=...;Password=...", e);
        }

        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new CannotStartException("Salus:Postgres names no Host. Write it as Host=...;Database=...;Username=...;Password=...");
        }

        Default(settings, "Maximum Pool Size", size);
        Default(settings, "Max Auto Prepare", 40);
        Default(settings, "Auto Prepare Min Usages", 1);
        Default(settings, "No Reset On Close", true);
        Default(settings, "Application Name", "salus");
        // Clinical data is skewed: with one plan for all values status=final took 139 ms instead of 0.75 (docs/adr/0005-index-layout.md). Planning anew costs
        // about 0.5 ms, several times what a read by id takes.
        Default(settings, "Options", planAnew ? "-c plan_cache_mode=force_custom_plan" : "-c plan_cache_mode=force_generic_plan");
        if (password is not null)
        {
            settings.Password = null;
            // Nothing of Salus opens a connection synchronously.
            builder.UsePasswordProvider(_ => throw new NotSupportedException("Open the connections of a tenant with OpenConnectionAsync."), (_, ct) => password(ct));
        }

        if (loggers is not null)
        {
            builder.UseLoggerFactory(loggers);
        }

        return builder.Build();
    }

    /// <summary>Connections outside the pool, for work that needs a session of its own. Named, or the metrics would show the connection string.</summary>
    public static NpgsqlDataSource Sessions(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = "salus-session" };
        builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.MaxAutoPrepare = 0;
        builder.ConnectionStringBuilder.CommandTimeout = 0;
        builder.ConnectionStringBuilder.ApplicationName = "salus";
        return builder.Build();
    }

    public static CannotStartException Refusal(NpgsqlException error, bool embedded, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var place = $"{settings.Host}:{settings.Port}";
        if (embedded)
        {
            return new CannotStartException($"The built-in PostgreSQL at {place} refuses: {error.Message}", error);
        }

        var reason = error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => $"there is no database '{settings.Database}'. Create it",
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"it does not accept the user '{settings.Username}' with this password. Correct them",
            PostgresException refused => $"{refused.MessageText} ({refused.SqlState}). Correct the setting or the server",
            _ => $"{(error.InnerException ?? error).Message.TrimEnd('.')}. Check that it runs and can be reached from here",
        };
        return new CannotStartException($"Salus:Postgres leads to {place}, but {reason}; or leave the setting out to use the built-in one.", error);
    }

    // What the operator wrote stays.
    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        if (!settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }
}
