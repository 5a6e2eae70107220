using System.CommandLine;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary><c>salus keys</c>: the keys of sealed values (docs/sealing.md). Exit code 0: done; 1: it could not be done to the end; 2: could not begin; 130: interrupted.</summary>
internal static class KeysCommand
{
    public static Command Build() => new Command("keys", "The keys that national identifiers and other marked elements are sealed with.") { List(), Rotate(), Reseal(), Retire() };

    private static Option<string?> Data() => new("--data") { Description = "The data folder, whether a server runs on it or not. Default: as for serve." };

    private static Command List()
    {
        var data = Data();
        var command = new Command("list", "The names of the keys, and which seal what is written.") { data };
        command.SetAction(async (parsed, stop) => await DoAsync(async () =>
        {
            var file = await FileAsync(parsed.GetValue(data), stop);
            foreach (var key in RecordKeys.List(file))
            {
                Console.WriteLine($"{key.Purpose,-6} {key.Id}{(key.Newest ? "  in use" : "")}");
            }

            Console.WriteLine($"in {file}");
            return 0;
        }));
        return command;
    }

    private static Command Rotate()
    {
        var data = Data();
        var hash = new Option<bool>("--hash") { Description = "A new key of the hashes that sealed values are found by, instead of one of the values themselves." };
        var command = new Command("rotate", "Adds a key. A server that runs takes it within a second, and seals what is stored again in the background.") { data, hash };
        command.SetAction(async (parsed, stop) => await DoAsync(async () =>
        {
            var file = await FileAsync(parsed.GetValue(data), stop);
            var id = RecordKeys.Rotate(file, parsed.GetValue(hash), TimeProvider.System);
            Console.WriteLine($"Key '{id}' was added to {file}. Make a backup of that file now, apart from those of the record.");
            Console.WriteLine("What is stored is sealed with it by the server in the background, or by: salus keys reseal. Then the old one can go: salus keys retire ID");
            return 0;
        }));
        return command;
    }

    private static Command Reseal()
    {
        var data = Data();
        var again = new Option<bool>("--again") { Description = "Look at everything once more, also when an earlier run has ended." };
        var command = new Command("reseal", "Seals all stored versions by the rules and keys of now. Can be interrupted, and repeated.") { data, again };
        command.SetAction(async (parsed, stop) => await DoAsync(async () =>
        {
            await using var process = await RecordProcess.OpenAsync(parsed.GetValue(data), "keys reseal", stop);
            var keys = process.Services.GetRequiredService<RecordKeys>();
            if (parsed.GetValue(again))
            {
                await keys.AgainAsync(stop);
            }

            var (done, changed) = await keys.ResealAsync((_, _) => { }, stop);
            Console.WriteLine($"{done} versions were looked at, {changed} were changed.");
            return 0;
        }));
        return command;
    }

    private static Command Retire()
    {
        var data = Data();
        var id = new Argument<string>("id") { Description = "The name of an old key: salus keys list." };
        var command = new Command("retire", "Takes an old key away for good, if no stored value needs it.") { id, data };
        command.SetAction(async (parsed, stop) => await DoAsync(async () =>
        {
            await using var process = await RecordProcess.OpenAsync(parsed.GetValue(data), "keys retire", stop);
            if (await process.Services.GetRequiredService<RecordKeys>().RetireAsync(parsed.GetValue(id)!, stop) is { } reason)
            {
                await Console.Error.WriteLineAsync($"salus: The key '{parsed.GetValue(id)}' stays: {reason}.");
                return 1;
            }

            Console.WriteLine($"The key '{parsed.GetValue(id)}' is gone. Backups of the record from before need it: keep it with them.");
            return 0;
        }));
        return command;
    }

    private static async Task<string> FileAsync(string? data, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var options = ConfiguredOptions.Read<SealedOptions>(builder.Configuration, "Salus:Records:Sealed");
        return options.Keys is { Length: > 0 } ? throw new CannotStartException("The keys are secrets of the environment (Salus:Records:Sealed:Keys). Add a new one at its end, keep the old ones, and restart every server.")
            : options.KeyFile is { Length: > 0 } named ? Path.GetFullPath(named)
            : await RecordHost.FolderAsync(builder, ct) is { } folder ? RecordKeys.FileIn(folder)
            : throw new CannotStartException("With Salus:Postgres and no data folder there is no key file. Name it with Salus:Records:Sealed:KeyFile.");
    }

    private static async Task<int> DoAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is CannotStartException or IOException)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return e is CannotStartException ? 2 : 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
