// Each class runs a server and a database of its own; more than two at a time only wait for each other.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
