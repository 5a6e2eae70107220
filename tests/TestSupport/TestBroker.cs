using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Salus.TestSupport;

/// <summary>
/// A RabbitMQ of its own, on loopback, with AMQP, MQTT and, where it has a certificate, AMQP over TLS. The installed server is run itself, without the service and the wrapper of the
/// distribution. Ends with this process, however that ends.
/// </summary>
public sealed class TestBroker : IAsyncDisposable
{
    // A shell whose input is our pipe ends both when we are gone: a broker that outlives its tests holds memory for nothing.
    private const string Script = """
        epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 & names=$!
        trap '' INT HUP TERM
        until epmd -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1; do sleep 0.1; done
        "$1" & broker=$!
        echo "broker $broker"
        while read -r _; do :; done
        kill -9 "$broker" "$names"
        wait
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestFolder folder = new();
    private readonly int names = FreePort();
    private readonly int between = FreePort();
    private Process? shell;
    private int process;

    private TestBroker((string Certificate, string Key)? tls)
    {
        var encrypted = tls is { } files ? $"listeners.ssl.1 = 127.0.0.1:{TlsPort}\nssl_options.certfile = {files.Certificate}\nssl_options.keyfile = {files.Key}\n" : "";
        File.WriteAllText(folder["rabbitmq.conf"], $"listeners.tcp.1 = 127.0.0.1:{Port}\nmqtt.listeners.tcp.1 = 127.0.0.1:{MqttPort}\n{encrypted}");
        File.WriteAllText(folder["enabled_plugins"], "[rabbitmq_mqtt].\n");
        Directory.CreateDirectory(folder["home"]);
    }

    /// <summary>The program; null where it is not installed.</summary>
    public static string? Program { get; } = Directory.Exists("/usr/lib/rabbitmq/lib")
        ? Directory.EnumerateDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Select(d => Path.Combine(d, "sbin", "rabbitmq-server")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>Of AMQP.</summary>
    public int Port { get; } = FreePort();

    /// <summary>Of AMQP over TLS.</summary>
    public int TlsPort { get; } = FreePort();

    /// <summary>Of MQTT.</summary>
    public int MqttPort { get; } = FreePort();

    /// <summary>How to connect.</summary>
    public string Uri => $"amqp://guest:guest@127.0.0.1:{Port}/";

    /// <summary>Starts one; returns when it takes connections.</summary>
    /// <param name="tls">PEM files of a certificate and its key, for TLS.</param>
    public static async Task<TestBroker> StartAsync((string Certificate, string Key)? tls = null)
    {
        var broker = new TestBroker(tls);
        try
        {
            await broker.StartProcessAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs rabbitmqctl on it.</summary>
    public async Task ControlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(Program)!, "rabbitmqctl"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        using var control = Process.Start(start)!;
        var (said, errors) = (control.StandardOutput.ReadToEndAsync(), control.StandardError.ReadToEndAsync());
        await control.WaitForExitAsync().WaitAsync(Patience);
        if (control.ExitCode != 0)
        {
            throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {await said}{await errors}");
        }
    }

    /// <summary>
    /// Kill -9, when the broker has written down which queues it has. RabbitMQ 3.10 notes a quorum queue with a delay: killed before that, it starts the queue again as a new one, without what
    /// was in it and without a leader.
    /// </summary>
    public async Task KillAsync()
    {
        await Eventually.TrueAsync(HasNotedItsQueues);
        Signals.Send(process, Signals.Kill);
        await Eventually.TrueAsync(() => !Eventually.IsRunning(process));
        await EndAsync();
    }

    /// <summary>The same again, with what it had stored.</summary>
    public async Task StartProcessAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "broker", Program ?? throw new InvalidOperationException("RabbitMQ is not installed (Debian: apt-get install rabbitmq-server).")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        shell = new Process { StartInfo = start, EnableRaisingEvents = true };
        shell.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("RabbitMQ ended."));
        shell.OutputDataReceived += (_, e) => Hear(e.Data, said, ready);
        shell.ErrorDataReceived += (_, e) => Hear(e.Data, said, ready);
        shell.Start();
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"RabbitMQ did not start: {string.Join('\n', said)}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        folder.Dispose();
    }

    private IEnumerable<(string, string)> Settings() =>
    [
        ("HOME", folder["home"]), ("RUNNING_UNDER_SYSTEMD", "true"), ("RABBITMQ_NODENAME", $"salus{Port}@localhost"), ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"), ("RABBITMQ_NODE_PORT", $"{Port}"),
        ("RABBITMQ_DIST_PORT", $"{between}"), ("RABBITMQ_MNESIA_BASE", folder["data"]), ("RABBITMQ_LOG_BASE", folder["log"]), ("RABBITMQ_ENABLED_PLUGINS_FILE", folder["enabled_plugins"]),
        ("RABBITMQ_CONFIG_FILE", folder["rabbitmq"]), ("ERL_EPMD_ADDRESS", "127.0.0.1"), ("ERL_EPMD_PORT", $"{names}"),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
    ];

    private void Hear(string? line, List<string> said, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        lock (said)
        {
            said.Add(line);
        }

        if (line.Split("broker ") is ["", var number])
        {
            process = int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (line.Contains("completed with", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }

    private bool HasNotedItsQueues()
    {
        var queues = Directory.GetDirectories(folder["data"], "quorum", SearchOption.AllDirectories).SelectMany(Directory.GetDirectories).Single();
        var notes = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(queues, "names.dets")));
        return Directory.GetDirectories(queues).All(q => notes.Contains(Path.GetFileName(q), StringComparison.Ordinal));
    }

    private async Task EndAsync()
    {
        if (shell is { } running)
        {
            shell = null;
            running.StandardInput.Close();
            await running.WaitForExitAsync().WaitAsync(Patience);
            running.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
