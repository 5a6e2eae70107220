using System.CommandLine;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary><c>salus packages</c>: the implementation guides that a server validates against. Exit code 0: done; 1: a package is none, or cannot be read; 2: could not begin.</summary>
internal static class PackagesCommand
{
    public static Command Build() => new Command("packages", "Implementation guides (profiles, value sets, search parameters) that resources are validated against.") { Load(), List() };

    private static Option<string?> Data() => new("--data") { Description = "The data folder. Default: as for serve. Salus:Records:Packages names another folder for the packages." };

    private static Command Load()
    {
        var files = new Argument<string[]>("file") { Description = "Packages as published: .tgz files.", Arity = ArgumentArity.OneOrMore };
        var data = Data();
        var command = new Command("load", "Puts packages into the folder that servers load at their start, in place of other versions of them.") { files, data };
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                Array.ForEach(parsed.GetValue(files)!, f => InputFile.Need(f));
                return LoadAll(await StoreAsync(parsed.GetValue(data), needsRecord: true, ct), parsed.GetValue(files)!);
            }
            catch (Exception e) when (e is CannotStartException or IOException)
            {
                await Console.Error.WriteLineAsync($"salus: {e.Message}");
                return 2;
            }
        });
        return command;
    }

    private static int LoadAll(PackageStore store, string[] files)
    {
        var failed = files.Count(f => !Put(store, f));
        if (failed < files.Length)
        {
            Console.WriteLine($"A server loads what is in {store.Folder} when it starts.");
        }

        return failed == 0 ? 0 : 1;
    }

    private static Command List()
    {
        var data = Data();
        var command = new Command("list", "The packages in the folder, and what is in them.") { data };
        command.SetAction(async (parsed, ct) =>
        {
            var store = await StoreAsync(parsed.GetValue(data), needsRecord: false, ct);
            var (any, failed) = (false, false);
            foreach (var (file, content, problem) in store.List())
            {
                any = true;
                failed |= content is null;
                Console.WriteLine(content is null ? $"{file}: cannot be used: {problem}" : Line(content));
            }

            if (!any)
            {
                Console.WriteLine($"No packages in {store.Folder}. Load one: salus packages load FILE.tgz");
            }

            return failed ? 1 : 0;
        });
        return command;
    }

    private static bool Put(PackageStore store, string file)
    {
        try
        {
            var content = store.Load(file);
            Console.WriteLine($"loaded {Line(content)}");
            foreach (var note in content.Notes)
            {
                Console.WriteLine($"  note: {note}");
            }

            foreach (var parameter in content.SearchParameters.Where(p => !p.IsOfR4).OrderBy(p => p.Skipped is not null))
            {
                Console.WriteLine(parameter.Skipped is null ? $"  search parameter {parameter.Code}: new ({parameter.Url})" : $"  search parameter {parameter.Url} is skipped: {parameter.Skipped}");
            }

            if (content.SearchParameters.Where(p => p.IsOfR4).Select(p => p.Code).ToList() is { Count: > 0 } known)
            {
                Console.WriteLine($"  {known.Count} search parameters are skipped, because R4 has them already: {string.Join(", ", known.Distinct().Order(StringComparer.Ordinal))}");
            }

            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"salus: {file} is not loaded: {e.Message}");
            return false;
        }
    }

    private static string Line(PackageContent content) =>
        $"{content.Name} {content.Version}{(content.Title.Length > 0 ? $" ({content.Title})" : "")}: "
        + string.Join(", ", content.Counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} {c.Key}"));

    private static async Task<PackageStore> StoreAsync(string? data, bool needsRecord, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var options = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        if (options.Packages is { Length: > 0 } named)
        {
            return new PackageStore(Path.GetFullPath(named));
        }

        if (needsRecord)
        {
            RecordHost.NeedRecord(await RecordHost.EmbeddedAsync(builder, ct), "packages load FILE");
        }

        return await RecordHost.FolderAsync(builder, ct) is { } folder
            ? new PackageStore(PackageStore.FolderIn(folder))
            : throw new CannotStartException("With Salus:Postgres and no data folder a server loads no packages. Name a folder for them with Salus:Records:Packages, or a data folder with Salus:Data, here and for the server.");
    }
}
