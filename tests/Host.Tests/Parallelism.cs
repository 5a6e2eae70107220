// Each test runs a server with a PostgreSQL; more than two at a time only wait for each other.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
