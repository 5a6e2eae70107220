using Salus.Bench;
using Salus.Bench.Engine;
using Salus.Bench.Layouts;

const string Usage = """
    Measures parts of Salus on real data and writes what it finds as a page.

      bench layouts [--copies 9] [--layouts A,D] [--page layouts.md] [--explain yes]
                      index layouts: import, disk, search, update; those named (default: all but B128S); with the plans of the searches
      bench engine [--passes 5]
                      reading, validating, rewriting and extracting FHIR, without a database

      --data DIR      the folder that holds synthea/ (default: SALUS_DATA, else ../shared/data)
      --results DIR   where the pages go (default: bench/results/<this machine>)
    """;

if (args.Length == 0 || Arguments.Read(args.AsSpan(1)) is not { } arguments)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

switch (args[0])
{
    case "layouts":
        await LayoutComparison.RunAsync(arguments);
        return 0;
    case "engine":
        await EngineSpeed.RunAsync(arguments);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
