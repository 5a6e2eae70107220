using System.CommandLine;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary><c>salus import</c>: FHIR files into the record. Exit code 0: everything is in; 1: something is not; 2: could not begin; 130: interrupted.</summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Files (.json, .ndjson, each also .gz; .tar, .tar.gz, .tgz) and folders, in the order in which they refer to each other.",
            Arity = ArgumentArity.OneOrMore,
        };
        var server = new Option<string?>("--server") { Description = "Address of the server to import into, such as http://127.0.0.1:8080." };
        var data = new Option<string?>("--data") { Description = "The data folder to import into, when no server runs on it. Default: as for serve." };
        var token = new Option<string?>("--token") { Description = "A bearer token for the server; better in the environment, as SALUS_TOKEN. The server on the data folder needs none." };
        var state = new Option<string?>("--state") { Description = $"Folder for what is needed to continue after an interruption. Default: {ImportOrder.DefaultState}." };
        var rejected = new Option<string?>("--rejected") { Description = "File that gets everything that was rejected, as NDJSON: file, line, entry, type, id, reason." };
        var restart = new Option<bool>("--restart") { Description = "Begin anew instead of continuing an interrupted import." };
        var command = new Command("import", "Imports FHIR files, and shows that in = stored = searchable.") { paths, server, data, token, state, rejected, restart };
        command.SetAction(async (parsed, stop) =>
        {
            var order = new ImportOrder(parsed.GetValue(paths)!)
            {
                StateFolder = parsed.GetValue(state) ?? ImportOrder.DefaultState,
                RejectedFile = parsed.GetValue(rejected),
                Restart = parsed.GetValue(restart),
            };
            return await RunAsync(order, parsed.GetValue(server), parsed.GetValue(data), parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("SALUS_TOKEN"), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(ImportOrder order, string? server, string? data, string? token, CancellationToken stop)
    {
        await using var notice = stop.Register(() => Console.Error.WriteLine("Stopping: what was sent is being finished …"));
        try
        {
            await using var destination = await ImportDestination.OpenAsync(server, data, token, stop);
            await Console.Out.WriteLineAsync($"Importing into {destination.Description}");
            var running = destination.Importer.RunAsync(order, stop);
            await ImportScreen.FollowAsync(destination.Importer.Progress, running);
            var outcome = await running;
            if (outcome.Failed(out var failure))
            {
                await Console.Error.WriteLineAsync($"salus: {failure}");
                return 2;
            }

            ImportScreen.Print(outcome.Value, order);
            return outcome.Value switch { { Interrupted: true } => 130, { Complete: true } => 0, _ => 1 };
        }
        catch (CannotStartException e)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"{e}\nsalus: The import ended with an error of Salus itself. What was stored is noted: run the same command again to continue.");
            return 1;
        }
    }
}
