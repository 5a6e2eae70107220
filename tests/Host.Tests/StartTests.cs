using System.Net;
using System.Net.Sockets;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>What keeps the server from starting: one line that says what is wrong and what to do, and a non-zero exit.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    [InlineData("example.org")]
    public async Task An_address_beyond_this_machine_is_refused(string address)
    {
        using var salus = Start(("Salus__Address", address));
        await salus.RefusedAsync("Salus:Address", address, "127.0.0.1");
    }

    [Fact]
    public async Task The_command_line_opens_it_to_others_only_with_sign_in_and_TLS()
    {
        (string, string) signIn = ("Salus__Access__SignIn", "true");
        string[] open = ["serve", "--data", folder["data"], "--port", "0", "--no-demo", "--address", "0.0.0.0"];
        using (var plain = SalusProcess.Start(open, signIn))
        {
            await plain.RefusedAsync("0.0.0.0", "--tls-certificate", "--dev-certificate");
        }

        using (var everybody = SalusProcess.Start([.. open, "--dev-certificate", "--no-sign-in"], signIn))
        {
            await everybody.RefusedAsync("0.0.0.0", "without sign-in", "Salus:Access:SignIn");
        }

        // An address for documentation, which no machine has: the rules hold, and only the system refuses.
        using var elsewhere = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--address", "192.0.2.1", "--dev-certificate"], signIn);
        await elsewhere.RefusedAsync("192.0.2.1", "Salus:Address");
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:9000")]
    [InlineData("ASPNETCORE_URLS", "http://+:9000")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "9000")]
    [InlineData("Kestrel__Endpoints__X__Url", "http://0.0.0.0:9000")]
    public async Task The_frameworks_own_settings_do_not_open_it_either(string name, string value)
    {
        using var salus = Start((name, value));
        await salus.RefusedAsync(value);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_another_to_try()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", $"{port}", "--no-demo"]);
        await salus.RefusedAsync($"Port {port}", $"--port {port + 1}");
    }

    [Theory]
    [InlineData("Salus__PoolSize", "abc", "Salus:PoolSize")]
    [InlineData("Salus__PoolSize", "1", "Salus:PoolSize")]
    [InlineData("Salus__Records__MaxBodyBytes", "-1", "Salus:Records:MaxBodyBytes")]
    [InlineData("Salus__Records__MaxBodyBytes", "99999999999999", "Salus:Records:MaxBodyBytes")]
    [InlineData("Salus__Records__SearchTimeoutSeconds", "", "Salus:Records:SearchTimeoutSeconds")]
    [InlineData("Salus__Demo__Enabled", "maybe", "Salus:Demo:Enabled")]
    [InlineData("Salus__Port", "70000", "Salus:Port")]
    [InlineData("Salus__PostgresSettings__nonsense", "1", "PostgreSQL did not start")]
    [InlineData("Salus__PostgresSettings__port", "1", "Salus:PostgresSettings:port")]
    [InlineData("Salus__PostgresSettings__fsync", "off", "Salus:AllowDataLoss")]
    [InlineData("Salus__Records__MaxBodyBites", "1", "Salus:Records:MaxBodyBytes")]
    [InlineData("Salus__Demo__Pateints", "1", "Salus:Demo:Patients")]
    [InlineData("Salus__Adress", "127.0.0.1", "Salus:Address")]
    [InlineData("Salus__PostgresBinaries", "/nowhere", "/nowhere")]
    [InlineData("Salus__Postgres", "nonsense", "Salus:Postgres")]
    [InlineData("Salus__Postgres", "Host=127.0.0.1;Port=1;Username=x;Password=secret;Timeout=3", "Salus:Postgres")]
    public async Task A_broken_value_is_named_with_its_key(string name, string value, string says)
    {
        // The command line wins over the environment, so it leaves out what is tested.
        string[] arguments = name == "Salus__Port" ? ["serve", "--data", folder["data"]] : ["serve", "--data", folder["data"], "--port", "0"];
        using var salus = SalusProcess.Start(arguments, (name, value));
        await salus.RefusedAsync(says);
        Assert.DoesNotContain("secret", string.Join('\n', salus.Errors) + salus.Output(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_folder_is_named()
    {
        await File.WriteAllTextAsync(folder["data"], "a file");
        using var salus = Start();
        await salus.RefusedAsync(folder["data"]);
        Assert.Equal("a file", await File.ReadAllTextAsync(folder["data"]));
    }

    [Fact]
    public async Task A_data_folder_without_rights_is_named()
    {
        // Root may write anywhere but where nobody can: below a kernel's file system.
        var place = Environment.IsPrivilegedProcess ? "/proc/salus-data" : folder["closed/data"];
        if (!Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        using var salus = SalusProcess.Start(["serve", "--data", place, "--port", "0", "--no-demo"]);
        await salus.RefusedAsync(place);
    }

    [Fact]
    public async Task A_folder_of_another_major_version_is_left_alone()
    {
        Directory.CreateDirectory(folder["data/postgres"]);
        await File.WriteAllTextAsync(folder["data/postgres/PG_VERSION"], "12\n");
        using var salus = Start();
        await salus.RefusedAsync("12", folder["data"]);
        Assert.Equal("12\n", await File.ReadAllTextAsync(folder["data/postgres/PG_VERSION"]));
    }

    [Theory]
    [InlineData("serve", "--port", "abc")]
    [InlineData("serve", "--nonsense")]
    [InlineData("nonsense")]
    public async Task A_wrong_command_line_ends_with_a_reason(params string[] arguments)
    {
        using var salus = SalusProcess.Start(arguments);
        Assert.NotEqual(0, await salus.EndAsync());
        Assert.NotEmpty(salus.Errors);
        Assert.DoesNotContain("   at ", string.Join('\n', salus.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_examples()
    {
        using var salus = SalusProcess.Start(["--help"]);
        Assert.Equal(0, await salus.EndAsync());
        Assert.Contains("salus serve --data", salus.Output(), StringComparison.Ordinal);
    }

    private SalusProcess Start(params (string, string)[] environment) =>
        SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"], environment);
}
