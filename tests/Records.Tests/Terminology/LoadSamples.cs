namespace Salus.Records.Tests.Terminology;

/// <summary>A few lines in the layouts of the publishers, made up or of codes that everybody knows.</summary>
internal static class LoadSamples
{
    public static readonly string Icd = string.Join('\n', Order(1, "A00", 0, "Cholera"), Order(2, "A000", 1, "Cholera, biovar"), Order(3, "A01", 0, "Typhoid and paratyphoid"),
        Order(4, "A010", 0, "Typhoid fever"), Order(5, "A0100", 1, "Typhoid fever, unspecified"), Order(6, "A0101", 1, "Typhoid meningitis,"), "");

    public static readonly KeyValuePair<string, string>[] Loinc =
    [
        new("Loinc_2.99/LoincTable/Loinc.csv",
            "\"LOINC_NUM\",\"COMPONENT\",\"PROPERTY\",\"TIME_ASPCT\",\"SYSTEM\",\"SCALE_TYP\",\"METHOD_TYP\",\"CLASS\",\"STATUS\",\"SHORTNAME\",\"LONG_COMMON_NAME\",\"DisplayName\"\r\n"
            + "\"8867-4\",\"Heart beat\",\"NRat\",\"Pt\",\"XXX\",\"Qn\",\"\",\"HRTRATE.ATOM\",\"ACTIVE\",\"Heart rate\",\"Heart rate, \"\"beats\"\"\",\"Heart rate\"\r\n"
            + "\"1-8\",\"Acyclovir\",\"Susc\",\"Pt\",\"Isolate\",\"OrdQn\",\"\",\"ABXBACT\",\"DEPRECATED\",\"Acyclovir\",\"Acyclovir [Susceptibility]\",\"\"\r\n"),
        new("Loinc_2.99/AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv",
            "PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT\r\n,1,,LP1-1,All\r\nLP1-1,1,LP1-1,LP100-1,Heart beat\r\nLP1-1.LP100-1,1,LP100-1,8867-4,Heart rate\r\n"),
        new("Loinc_2.99/AccessoryFiles/AnswerFile/AnswerList.csv",
            "\"AnswerListId\",\"AnswerListName\",\"AnswerStringId\",\"DisplayText\"\r\n\"LL1-1\",\"Yes or no\",\"LA1-1\",\"Yes\"\r\n\"LL1-1\",\"Yes or no\",\"LA2-2\",\"No\"\r\n\"LL2-2\",\"Yes\",\"LA1-1\",\"Yes\"\r\n"),
    ];

    public static readonly KeyValuePair<string, string>[] RxNorm =
    [
        new("rrf/RXNCONSO.RRF",
            Atom("200", "RXNORM", "IN", "aspirin") + Atom("201", "RXNORM", "SY", "ASA 325 tablet") + Atom("201", "RXNORM", "SCD", "aspirin 325 MG Oral Tablet")
            + Atom("201", "MTHSPL", "DP", "Aspirin of somebody") + Atom("202", "RXNORM", "SCDF", "aspirin Oral Tablet")),
        new("rrf/RXNREL.RRF", "202||CUI|RN|201||CUI|isa|1||RXNORM|||||4096|\n200||CUI|RO|201||CUI|has_ingredient|2||RXNORM|||||4096|\n201||CUI|RB|202||CUI|inverse_isa|3||RXNORM|||||4096|\n"),
        new("rrf/RXNSAT.RRF", "201|||1|AUI|201|||RXN_AVAILABLE_STRENGTH|RXNORM|325 MG|N|4096|\n201|||1|AUI|201|||OTHER|MTHSPL|x|N||\n"),
    ];

    public static readonly KeyValuePair<string, string>[] Snomed =
    [
        new("Snapshot/Terminology/sct2_Concept_Snapshot_INT_20300131.txt",
            Tab("id", "effectiveTime", "active", "moduleId", "definitionStatusId") + Concept("138875005", 1, defined: false) + Concept("64572001", 1, defined: false)
            + Concept("22298006", 1, defined: true) + Concept("999", 0, defined: false)),
        new("Snapshot/Terminology/sct2_Description_Snapshot-en_INT_20300131.txt",
            Tab("id", "effectiveTime", "active", "moduleId", "conceptId", "languageCode", "typeId", "term", "caseSignificanceId")
            + Name("11", "138875005", full: true, "SNOMED CT Concept (SNOMED RT+CTV3)") + Name("12", "64572001", full: true, "Disease (disorder)")
            + Name("13", "22298006", full: true, "Myocardial infarction (disorder)") + Name("14", "22298006", full: false, "Myocardial infarction") + Name("15", "22298006", full: false, "Heart attack")
            + Name("16", "999", full: true, "Old thing (thing)")),
        new("Snapshot/Terminology/sct2_Relationship_Snapshot_INT_20300131.txt",
            Tab("id", "effectiveTime", "active", "moduleId", "sourceId", "destinationId", "relationshipGroup", "typeId", "characteristicTypeId", "modifierId")
            + Relation("64572001", "138875005", "116680003") + Relation("22298006", "64572001", "116680003") + Relation("22298006", "80891009", "363698007")),
        new("Snapshot/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20300131.txt",
            Tab("id", "effectiveTime", "active", "moduleId", "refsetId", "referencedComponentId", "acceptabilityId")
            + Tab("a", "20300131", "1", "900000000000207008", "900000000000509007", "15", "900000000000548007") + Tab("b", "20300131", "1", "900000000000207008", "900000000000509007", "14", "900000000000549004")),
    ];

    // Order number 1-5, code 7-13, heading or code 15, short name 17-76, long name from 78.
    private static string Order(int number, string code, int billable, string name) => $"{number:D5} {code,-7} {billable} {name,-60} {name} long";

    private static string Atom(string rxcui, string source, string type, string text) => $"{rxcui}|ENG||||||1||{rxcui}||{source}|{type}|{rxcui}|{text}||N|4096|\n";

    private static string Concept(string id, int active, bool defined) => Tab(id, "20300131", $"{active}", "900000000000207008", defined ? "900000000000073002" : "900000000000074008");

    private static string Name(string id, string concept, bool full, string term) =>
        Tab(id, "20300131", "1", "900000000000207008", concept, "en", full ? "900000000000003001" : "900000000000013009", term, "900000000000448009");

    private static string Relation(string source, string destination, string type) =>
        Tab("1", "20300131", "1", "900000000000207008", source, destination, "0", type, "900000000000011006", "900000000000451002");

    private static string Tab(params string[] fields) => string.Join('\t', fields) + "\r\n";
}
