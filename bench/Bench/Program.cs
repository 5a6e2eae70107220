using Salus.Bench;

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
      bench terminology [--clients 1,16] [--seconds 5] [--warm-up 2] [--runs 3]
                      ICD-10-CM: its load, and $lookup, $validate-code, $subsumes, $expand over HTTP
      bench client [--clients 1,4,16,64] [--seconds 3]
                      what the load generator costs itself; writes no page
      bench views [--passes 5] [--writes 500]
                      flat Observation rows out of NDJSON, in process; and how soon a change is in the tables of views
      bench access [--patients 1200] [--observations 100000] [--passes 3] [--seconds 2]
                      reads and searches by who may see everything, by a physician and by a nurse
      bench subscriptions [--writes 300]
                      how soon after a commit a notification is at the endpoint, with 1 and 100 subscriptions
      bench sealing [--rounds 5] [--seconds 2] [--clients 4]
                      patients with and without a sealed identifier, in turns: reads, searches, creates
      bench ingest [--passes 5] [--seconds 2] [--values 500000] [--clients 2]
                      device data as JSON and binary: read and checked in process, and over HTTP through the whole server
      bench sustained [--rate 100000] [--minutes 5] [--devices 1000] [--gateways 20]
                      device data at a constant rate for minutes: durable, scored, memory
      bench broker [--values 200000]
                      device data over a RabbitMQ of its own: published, stored, acknowledged
      bench kafka [--values 200000]
                      device data over the mock cluster of Kafka's client: written, read, stored
      bench streams [--beds 60,1000,10000] [--seconds 2] [--runs 5]
                      simulated monitors, in process: values made and written as bodies on one thread
      bench waveforms [--seconds 0.5] [--beds 20] [--length 3600]
                      curves of monitors: bytes and speed of their encoding; taken and read over HTTP
      bench telemetry [--series 10000] [--rates 10000,100000,10000000] [--seconds 10] [--history 50000000] [--history-series 100] [--queries 500]
                      samples of devices, in process: durable values/s and their cost, and a day of one metric out of many
      bench early-warning [--patients 15000] [--resamples 1000]
                      scores and default rules before sepsis, on the patients of the PhysioNet challenge of 2019
      bench fhirpath [--bundles 20] [--passes 5]
                      the expressions of the search parameters over Synthea resources, beside fhirpath.js on the same
      bench engine [--passes 10]
                      reading, validating, rewriting and extracting FHIR, without a database (BenchmarkDotNet)

      --data-folder DIR  a store that is kept: it grows to the size asked for, and is there the next time (default: one that is removed)
      --page NAME     name of the page
      --data DIR      the folder that holds synthea/ (default: SALUS_DATA, else ../shared/data)
      --results DIR   where the pages go (default: bench/results/<this machine>)
    """;

if (args.Length > 0 && await Commands.RunAsync(args[0], args.AsMemory(1)) is { } code)
{
    return code;
}

Console.Error.WriteLine(Usage);
return 2;
