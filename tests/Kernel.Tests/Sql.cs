using Npgsql;

namespace Salus.Kernel.Tests;

internal static class Sql
{
    public static async Task ExecuteAsync(this Database database, string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(this Database database, string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
