namespace Salus.Simulation.Scale;

/// <summary>Given names of several languages; double names make the rare ones.</summary>
internal static class GivenNames
{
    static readonly string[] WomenCommon =
    [
        "Mary", "Anna", "Maria", "Emma", "Olivia", "Sophia", "Elizabeth", "Patricia", "Jennifer", "Linda", "Barbara", "Susan", "Jessica", "Sarah", "Karen", "Lisa", "Nancy", "Sandra",
        "Ashley", "Emily", "Kimberly", "Donna", "Michelle", "Carol", "Amanda", "Melissa", "Deborah", "Stephanie", "Rebecca", "Laura", "Helen", "Sharon", "Cynthia", "Kathleen", "Amy",
        "Angela", "Shirley", "Brenda", "Pamela", "Nicole", "Ruth", "Katherine", "Samantha", "Christine", "Virginia", "Rachel", "Janet", "Catherine", "Carolyn", "Heather", "Diane",
        "Julia", "Joyce", "Victoria", "Kelly", "Christina", "Lauren", "Joan", "Evelyn", "Judith", "Megan", "Andrea", "Cheryl", "Hannah", "Jacqueline", "Martha", "Gloria", "Teresa",
        "Ana", "Sofía", "Lucía", "Carmen", "Isabel", "Pilar", "Rosa", "Ingrid", "Ursula", "Monika", "Petra", "Sabine", "Heike", "Chloé", "Camille", "Manon", "Giulia", "Chiara",
        "Francesca", "Agnieszka", "Katarzyna", "Zofia", "Olga", "Natalia", "Svetlana", "Yuki", "Mei", "Fatima", "Aisha", "Zeynep", "Priya", "Ananya", "Ngozi", "Linh", "Astrid", "Freja",
    ];

    static readonly string[] MenCommon =
    [
        "James", "John", "Robert", "Michael", "David", "William", "Richard", "Joseph", "Thomas", "Christopher", "Charles", "Daniel", "Matthew", "Anthony", "Mark", "Donald", "Steven",
        "Andrew", "Paul", "Joshua", "Kenneth", "Kevin", "Brian", "George", "Timothy", "Ronald", "Jason", "Edward", "Jeffrey", "Ryan", "Jacob", "Gary", "Nicholas", "Eric", "Jonathan",
        "Stephen", "Larry", "Justin", "Scott", "Brandon", "Benjamin", "Samuel", "Gregory", "Alexander", "Patrick", "Frank", "Raymond", "Jack", "Dennis", "Jerry", "Tyler", "Aaron",
        "José", "Juan", "Luis", "Carlos", "Jorge", "Miguel", "Javier", "Peter", "Hans", "Klaus", "Jürgen", "Wolfgang", "Uwe", "Stefan", "Pierre", "Antoine", "Julien", "Marco",
        "Luca", "Giuseppe", "Paolo", "Piotr", "Krzysztof", "Andrzej", "Ivan", "Dmitri", "Sergei", "Hiroshi", "Kenji", "Wei", "Jun", "Mohammed", "Ahmed", "Omar", "Mehmet", "Mustafa",
        "Arjun", "Rahul", "Vikram", "Chidi", "Kwame", "Minh", "Lars", "Erik", "Nils", "Henrik", "Liam", "Noah", "Ethan", "Oliver", "Lucas", "Henry", "Walter", "Arthur", "Harold",
    ];

    static readonly string[] WomenFirst = ["Anna", "Anne", "Eva", "Lea", "Mary", "Marie", "María", "Rosa", "Ana", "Ella", "Ida", "Klara", "Luise", "Nora", "Sofia", "Thea", "Vera", "Zoe", "Mia", "Ada"];
    static readonly string[] WomenSecond = ["Beth", "Carin", "Carla", "Carmen", "Charlotte", "Dolores", "Elena", "Flora", "Greta", "Helene", "Irene", "José", "Katrin", "Lena", "Louise", "Magdalena", "Pia", "Rose", "Sophie", "Therese"];
    static readonly string[] MenFirst = ["Carl", "Ernst", "Franz", "Hans", "Jan", "Jean", "John", "José", "Juan", "Karl", "Lars", "Luis", "Marc", "Max", "Otto", "Paul", "Per", "Sven", "Tom", "Ulf"];
    static readonly string[] MenSecond = ["Albert", "André", "Antonio", "Bernard", "Carlos", "Christian", "Erik", "Fredrik", "Georg", "Heinrich", "Jakob", "Joachim", "Josef", "Louis", "Manuel", "Olof", "Peter", "Philippe", "René", "Viktor"];

    public static NameList Women { get; } = new(WomenCommon, Double(WomenFirst, WomenSecond), flatness: 12);

    public static NameList Men { get; } = new(MenCommon, Double(MenFirst, MenSecond), flatness: 12);

    static IEnumerable<string> Double(string[] first, string[] second) => first.SelectMany(f => second.Where(s => s != f).Select(s => $"{f}-{s}"));
}
