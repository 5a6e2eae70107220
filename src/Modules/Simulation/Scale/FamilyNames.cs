namespace Salus.Simulation.Scale;

/// <summary>Family names of several languages: the common ones as they are, rarer ones put together from the parts that such names are made of.</summary>
internal static class FamilyNames
{
    static readonly string[] Common =
    [
        "Smith", "Johnson", "Müller", "García", "Williams", "Brown", "Nguyen", "Jones", "Miller", "Martínez", "Davis", "Rodríguez", "Wang", "Wilson", "Li", "Hernández", "Schmidt",
        "Anderson", "Taylor", "Kim", "Patel", "Singh", "Thomas", "Martin", "Moore", "Jackson", "López", "Lee", "Thompson", "White", "Harris", "Clark", "Lewis", "Robinson", "Walker",
        "Young", "Allen", "King", "Wright", "Scott", "Torres", "Hill", "Flores", "Green", "Adams", "Nelson", "Baker", "Hall", "Rivera", "Campbell", "Mitchell", "Carter", "Roberts",
        "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann",
        "Dubois", "Durand", "Leroy", "Moreau", "Laurent", "Simon", "Michel", "Lefèvre", "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino",
        "Kowalski", "Nowak", "Wiśniewski", "Wójcik", "Lewandowski", "Novák", "Svoboda", "Horvat", "Ivanov", "Petrov", "Smirnov", "Kuznetsov", "Popov", "Silva", "Santos", "Oliveira",
        "Souza", "Pereira", "Costa", "Ferreira", "Almeida", "Chen", "Zhang", "Liu", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Tran", "Pham", "Hoang", "Sharma", "Kumar", "Gupta", "Khan",
        "Ahmed", "Hassan", "Ali", "Hussein", "Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Okafor", "Adeyemi", "Mensah", "Diallo", "Traoré", "Tanaka", "Suzuki", "Sato", "Watanabe",
        "Park", "Choi", "Jung", "Kang", "Murphy", "Kelly", "O'Sullivan", "Walsh", "O'Brien", "Byrne", "Ryan", "O'Connor", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser",
    ];

    // Beginnings and endings that go together.
    static readonly (string Beginnings, string Endings)[] Parts =
    [
        ("Ash Alder Brad Black Brook Burn Clay Clif Cot Crow Dal Dun East Ed Elm Fair Farn Gil Glad Green Had Hal Ham Har Hart Hath Haw Hazel High Hol Horn Hunt Kel Kings Lang Lin Lock "
            + "Long Mal Mar Mel Mil Nor Oak Old Orm Pem Red Rock Rose Ruther Salt Shel Sher South Stan Stock Sun Thorn Under Wal War Water Wel West Whit Wil Win Wood Wyn",
            "ford ton ley well wood field ham worth bury by land more brook ridge dale combe ward stead"),
        ("Anders Arvids Bengts Carls Eriks Fredriks Gunnars Gustafs Hans Henriks Jakobs Jens Johans Karls Lars Magnus Mikaels Nils Ols Pers Peters Rasmus Simons Svens Thors Torbjörns", "son sen"),
        ("Acker Alten Bach Berg Birken Brunn Buch Dorn Eben Eich Feld Fried Garten Grün Heide Hirsch Hof Kalt Kirch Lahn Linden Moos Neu Ober Rosen Sand Schön Stein Tann Unter Wald Wein Wiesen Ziegel",
            "mann bauer meier hofer inger huber müller"),
        ("Adam Bog Borow Brzez Dąbr Gór Jabł Jan Jasi Kamin Kaz Kos Kraw Lip Maj Mal Mich Olsz Pietr Rut Sad Sobol Szym Tom Wal Wit Zal Zieli", "ński owski czyk ewicz icki iak"),
        ("Abram Antip Bel Bogd Dan Denis Efim Fed Gavril Grigor Igor Iv Kiril Leon Mak Mikhail Nik Pavl Rom Serge Sidor Step Tikhon Vasil Vlad Zakhar", "ov enko ovich uk"),
        ("Álvar Benít Domíngu Fernánd Gonzál Giménz Ibáñ Juár Márqu Méndiz Núñ Ordóñ Ramír Sánch Suár Vázqu Velázqu Yáñ", "ez"),
        ("Alb Barb Bell Bened Bert Bon Carl Cast Cecch Cors Fabr Ferr Gall Giord Grand Lomb Mart Mazz Mor Orland Pag Pell Rin Salv Sant Ser Tosc Vale Vent Zan", "ini etti elli one ati"),
        ("Mc Mac", "Allister Bride Cabe Carthy Cormack Coy Cullough Dermott Donald Dougall Elroy Farlane Gowan Gregor Guire Intosh Kay Kenna Kenzie Kinley Laren Laughlin Lean Leod Mahon Manus Millan Nally "
            + "Namara Neill Pherson Quillan Rae Sweeney Tavish Vicar"),
        ("O' Fitz", "Callaghan Carroll Casey Dea Donnell Dowd Driscoll Dwyer Farrell Flaherty Gara Grady Halloran Hara Hare Keefe Leary Mahony Malley Meara Neill Reilly Riordan Rourke Shea Toole"),
        ("Bala Chandra Deva Ganga Hari Jaya Kama Krishna Lakshmi Maha Nara Padma Raja Rama Satya Shiva Sri Surya Vijaya Venkata", "rajan nathan murthy swamy kumar reddy sekhar"),
    ];

    public static NameList List { get; } = new(Common, Parts.SelectMany(p => p.Beginnings.Split(' ').SelectMany(b => p.Endings.Split(' ').Select(e => b + e))), flatness: 15);
}
