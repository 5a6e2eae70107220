// Each test runs servers and many clients, and kills them. Some of them mostly wait for a time limit of the database.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
