using Salus.Simulation.Chance;

namespace Salus.Simulation.People;

internal enum Sex { Female, Male }

/// <param name="Native">The name in its own script, when that is not Latin.</param>
internal sealed record PersonName(string Family, IReadOnlyList<string> Given, string? Native = null)
{
    public string Full => $"{string.Join(' ', Given)} {Family}";
}

/// <summary>Common names of one language area, put together at random; no real person is meant.</summary>
/// <param name="Share">Weight among all cultures.</param>
internal sealed record Culture(string Language, string LanguageName, int Share, string[] Women, string[] Men, string[] Families)
{
    public PersonName Name(Sex sex, Dice dice)
    {
        var pool = sex == Sex.Female ? Women : Men;
        var first = dice.Pick(pool);
        var second = dice.Pick(pool);
        return new PersonName(dice.Pick(Families), dice.Hits(0.35) && second != first ? [first, second] : [first]);
    }
}

internal static class Cultures
{
    public static readonly IReadOnlyList<Culture> All =
    [
        new("en", "English", 30,
            ["Emily", "Grace", "Olivia", "Hannah", "Ruth", "Margaret", "Dorothy", "Abigail", "Chloe", "Evelyn"],
            ["James", "Oliver", "Henry", "Walter", "Thomas", "George", "Samuel", "Arthur", "Daniel", "Ethan"],
            ["Taylor", "Bennett", "Whitaker", "Harrison", "O'Connor", "Fletcher", "Mercer", "Lowell", "Ashby", "Thornton", "Caldwell", "Reeves"]),
        new("es", "Spanish", 16,
            ["María José", "Lucía", "Inés", "Carmen", "Sofía", "Guadalupe", "Ximena", "Rocío"],
            ["José", "Ángel", "Martín", "Andrés", "Iñaki", "Raúl", "Héctor", "Joaquín"],
            ["García Núñez", "Muñoz", "Hernández", "Peña Ruiz", "Ibáñez", "Castañeda", "Rodríguez López", "Quiñones"]),
        new("de", "German", 10,
            ["Gisela", "Käthe", "Annelise", "Mareike", "Sabine", "Friederike"],
            ["Jürgen", "Günther", "Matthias", "Björn", "Lukas", "Wolfgang"],
            ["Müller", "Schäfer", "Großmann", "Köhler", "Weiß", "Vogt", "Hübner"]),
        new("pl", "Polish", 8,
            ["Zofia", "Małgorzata", "Agnieszka", "Bożena", "Łucja"], ["Paweł", "Stanisław", "Krzysztof", "Łukasz", "Wojciech"],
            ["Maj-Wiśniak", "Wójcik", "Kowalczyk", "Szymańczyk", "Zając", "Gołąb"]),
        new("fr", "French", 8,
            ["Éloïse", "Hélène", "Anaïs", "Geneviève", "Océane"], ["François", "Jérôme", "Loïc", "Étienne", "Gaël"],
            ["Lefèvre", "Côté", "Béranger", "d'Aubigné", "Desrosiers", "Guérin"]),
        new("vi", "Vietnamese", 5,
            ["Ngọc Ánh", "Thị Hương", "Mỹ Linh", "Thu Hà"], ["Văn Đức", "Minh Tuấn", "Quốc Bảo", "Hữu Phước"],
            ["Nguyễn", "Trần", "Phạm", "Đặng", "Huỳnh"]),
        new("tr", "Turkish", 5,
            ["Ayşe", "Gülşen", "Zeynep", "Çiğdem"], ["Mehmet", "Oğuz", "İbrahim", "Çağlar"], ["Yılmaz", "Şahin", "Öztürk", "Doğan", "Güneş"]),
        new("hi", "Hindi", 7,
            ["Ananya", "Priya", "Lakshmi", "Kavita", "Meera"], ["Arjun", "Rohan", "Vikram", "Sanjay", "Ravi"],
            ["Sharma", "Patel", "Iyer", "Chatterjee", "Reddy", "Kapoor"]),
        new("sv", "Swedish", 4,
            ["Åsa", "Linnéa", "Ingrid", "Maj-Britt"], ["Göran", "Sören", "Nils", "Åke"], ["Lindström", "Sjöberg", "Åkesson", "Nyström"]),
        new("yo", "Yoruba", 4,
            ["Adébáyọ̀", "Folákẹ́", "Títílayọ̀", "Abíọ́nà"], ["Olúwaṣẹ́gun", "Babátúndé", "Káyọ̀dé", "Adéwálé"], ["Adéyẹmí", "Ọlátúnjí", "Balógun", "Ògúnlesi"]),
        new("zh", "Chinese", 5, ["Mei", "Xiu Ying", "Li Na", "Hui"], ["Wei", "Jian Guo", "Hao", "Zhi Qiang"], ["Wang", "Chen", "Lü", "Zhao", "Ouyang"]),
        new("is", "Icelandic", 2, ["Guðrún", "Þóra", "Sigríður"], ["Ægir", "Þorsteinn", "Guðmundur"], ["Jónasar", "Þórðar", "Sveins"]),
    ];

    static readonly Culture Arabic = new("ar", "Arabic", 0, ["Maryam", "Laylā"], ["Yūsuf", "Khālid"], ["al-Ḥusaynī"]);

    /// <summary>The culture of a patient; those with unusual names have a fixed one.</summary>
    public static Culture Of(int patient, Dice dice) => patient switch
    {
        7 => Arabic,
        13 => All.First(culture => culture.Language == "es"),
        _ => dice.Pick(All, culture => culture.Share),
    };

    /// <summary>Patients with names that break screens which were built for short Latin ones.</summary>
    public static PersonName? Unusual(int patient, Sex sex) => (patient, sex) switch
    {
        (7, Sex.Female) => new("al-Ḥusaynī", ["Nūr al-Hudā"], "نور الهدى الحسيني"),
        (7, Sex.Male) => new("al-Ḥusaynī", ["ʿAbd al-Raḥmān"], "عبد الرحمن الحسيني"),
        (13, Sex.Female) => new("Montenegro de la Fuente y Sánchez-Albornoz von Hohenberg-Lichtenfels",
            ["María Concepción Esperanza", "Wilhelmina Alexandrina", "Guadalupe Francisca de Todos los Santos"]),
        (13, Sex.Male) => new("Montenegro de la Fuente y Sánchez-Albornoz von Hohenberg-Lichtenfels",
            ["Maximiliano Bartolomé", "Wilhelm Alexander Ferdinand", "Francisco de Todos los Santos"]),
        _ => null,
    };
}
