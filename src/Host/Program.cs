Console.WriteLine("salus");
