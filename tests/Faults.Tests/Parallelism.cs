// Each test runs servers and many clients, and kills them; more than two at a time only wait for each other.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
