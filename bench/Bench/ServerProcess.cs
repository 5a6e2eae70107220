using System.Globalization;
using Npgsql;

namespace Salus.Bench;

/// <summary>
/// The processor time of the server process behind one connection, in milliseconds. On a machine that is shared with other work it says more than
/// the clock. Only on Linux; elsewhere it does not move.
/// </summary>
internal sealed class ServerProcess(NpgsqlConnection connection)
{
    private readonly string file = $"/proc/{connection.ProcessID.ToString(CultureInfo.InvariantCulture)}/schedstat";

    // https://docs.kernel.org/scheduler/sched-stats.html: the first number is the time spent on the processor, in nanoseconds.
    public double Milliseconds => File.Exists(file) ? long.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6 : 0;
}
