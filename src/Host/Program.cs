using System.CommandLine;
using Salus.Host.Commands;
using Salus.Kernel;

// Signals and timers are work of the thread pool too: with as few threads as cores, a busy import would hear Ctrl-C only at its end.
ThreadPool.GetMinThreads(out _, out var completionThreads);
ThreadPool.SetMinThreads(Math.Max(16, 4 * Environment.ProcessorCount), completionThreads);

var root = new RootCommand(
    """
    Salus, the clinical data platform: the patient record as FHIR R4, in one process with its own PostgreSQL.

    Examples:
      salus serve                                   the demo hospital on http://localhost:8080
      salus serve --data /srv/salus --port 9000 --no-demo
      salus import bundles.tar.gz patients.ndjson   into the server that runs, or into the data folder
      salus import export/ --server http://127.0.0.1:9000
      salus simulate --resources 100000 --out made-up.ndjson
      salus simulate --beds 60 --speed 10 --scenario sepsis   made-up monitors, live, into the server that runs
      salus terminology load icd-10-cm icd10cm-order-2021.txt
      salus check --data /srv/salus                 is the record in that folder, not in use, consistent
      salus audit verify --data /srv/salus          was anything in the audit trail changed or removed
      salus views run blood-pressure.json observations.ndjson --output bp.parquet
      salus fhirpath eval 'name.given' patient.json
      salus packages load us-core.tgz               profiles that resources are validated against
      salus token                                   lets this machine's administrator call the server: curl -H "Authorization: Bearer $(salus token)"
      salus tenants add "St. Mary" --administrator "Ann Lee"   another organization, with a record of its own
      salus keys rotate                             another key for sealed values, such as national identifiers
    """);
root.Subcommands.Add(ServeCommand.Build());
root.Subcommands.Add(ImportCommand.Build());
root.Subcommands.Add(SimulateCommand.Build());
root.Subcommands.Add(CheckCommand.Build());
root.Subcommands.Add(ViewsCommand.Build());
root.Subcommands.Add(FhirPathCommand.Build());
root.Subcommands.Add(TerminologyCommand.Build());
root.Subcommands.Add(PackagesCommand.Build());
root.Subcommands.Add(TokenCommand.Build());
root.Subcommands.Add(AuditCommand.Build());
root.Subcommands.Add(KeysCommand.Build());
root.Subcommands.Add(UsersCommand.Build());
root.Subcommands.Add(TenantsCommand.Build());

try
{
    // Without response files: @2015 is a date of FHIRPath.
    var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
}
catch (CannotStartException e)
{
    await Console.Error.WriteLineAsync($"salus: {e.Message}");
    return 1;
}
