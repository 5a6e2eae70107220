using Salus.Bench;
using Salus.Bench.Engine;

const string Usage = """
    Measures Salus, whole and in parts, and writes what it finds as a page.

      bench http [--resources 100000] [--clients 1,4,16,64] [--seconds 5] [--warm-up 2] [--starts 5] [--seed 1] [--data-folder DIR]
                      the server over HTTP on a generated record: reads, searches, writes, and the ceilings of the same run

      bench import [--runs 5] [--seconds 5]
                      the Synthea bundles into a fresh store, beside a raw insert of the same bytes and a bare pass over the same JSON
      bench growth [--sizes 10000,100000,1000000] [--clients 1,4,16,64] [--seconds 5] [--warm-up 2] [--starts 3] [--seed 1] [--data-folder DIR]
                      one record made greater step by step: import, disk, start, and the same requests at each size; all clients at the greatest
      bench soak [--minutes 10] [--clients 16] [--resources 50000] [--seed 1] [--data-folder DIR]
                      whether memory stays flat under a mixed load
      bench client [--clients 1,4,16,64] [--seconds 3]
                      what the load generator costs itself; writes no page
      bench engine [--passes 5]
                      reading, validating, rewriting and extracting FHIR, without a database

      --data-folder DIR  a store that is kept: it grows to the size asked for, and is there the next time (default: one that is removed)
      --page NAME     name of the page
      --data DIR      the folder that holds synthea/ (default: SALUS_DATA, else ../shared/data)
      --results DIR   where the pages go (default: bench/results/<this machine>)
    """;

if (args.Length > 0 && await LoadCommands.RunAsync(args[0], args.AsMemory(1)) is { } code)
{
    return code;
}

if (args.Length == 0 || Arguments.Read(args.AsSpan(1)) is not { } arguments)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

switch (args[0])
{
    case "engine":
        await EngineSpeed.RunAsync(arguments);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
