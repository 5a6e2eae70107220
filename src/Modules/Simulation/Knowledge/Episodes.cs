using Salus.Simulation.Hospital;
using Salus.Simulation.Json;
using Salus.Simulation.People;
using static Salus.Simulation.Knowledge.Diseases;

namespace Salus.Simulation.Knowledge;

internal static class Episodes
{
    static readonly Shift[] Infection = [new(Analytes.Leukocytes, 11), new(Analytes.CReactiveProtein, 190), new(Analytes.Procalcitonin, 3)];
    static readonly Treatment ChestXRay = new(Procedure("399208008", "Plain chest X-ray"), 0);

    public static readonly Episode Sepsis = new(Named("Sepsis", "91302008", "A41.9", "Sepsis, unspecified organism"), Wards.IntensiveCare, 35, 95, (6, 12), new(45, 14, -42, -22, -7, 2.2))
    {
        Dangerous = true,
        Shifts = [new(Analytes.Leukocytes, 15), new(Analytes.CReactiveProtein, 260), new(Analytes.Procalcitonin, 28), new(Analytes.Lactate, 4.6), new(Analytes.Creatinine, 1.6),
            new(Analytes.Urea, 32), new(Analytes.Platelets, -110), new(Analytes.Bilirubin, 1.6), new(Analytes.ArterialPh, -0.13), new(Analytes.Bicarbonate, -8), new(Analytes.Oxygen, -24), new(Analytes.Glucose, 60)],
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Procalcitonin, Panels.Lactate, Panels.BloodGas, Panels.Bilirubin],
        Drugs = [Drugs.Piperacillin, Drugs.Norepinephrine, Drugs.Saline, Drugs.Enoxaparin],
        Treatments = [new(Procedure("392231009", "Intravenous cannulation"), 0), ChestXRay], Usual = [Diabetes, Hypertension],
        Complaint = "Fever with chills, confusion and low blood pressure since the day before admission.",
        Course = "Blood cultures were taken and broad antibiotics started within the first hour, with fluids and a vasopressor.",
    };
    public static readonly Episode RespiratoryFailure = new(Named("Acute respiratory failure", "65710008", "J96.00", "Acute respiratory failure, unspecified whether with hypoxia or hypercapnia"),
        Wards.IntensiveCare, 50, 92, (5, 11), new(32, 16, -12, -6, -13, 0.8))
    {
        Dangerous = true,
        Shifts = [.. Infection, new(Analytes.ArterialPh, -0.12), new(Analytes.CarbonDioxide, 26), new(Analytes.Oxygen, -34), new(Analytes.Lactate, 1.4)],
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.BloodGas, Panels.Lactate],
        Drugs = [Drugs.Ceftriaxone, Drugs.Azithromycin, Drugs.Prednisone, Drugs.Enoxaparin], Treatments = [ChestXRay], Usual = [Copd],
        Complaint = "Rapidly worsening breathlessness, able to speak in single words only.",
        Course = "High-flow oxygen, bronchodilators, steroids and antibiotics were given; blood gases were followed closely.",
    };
    public static readonly Episode DecompensatedHeartFailure = new(Named("Congestive heart failure", "42343007", "I50.9", "Heart failure, unspecified"), Wards.Cardiology, 55, 95, (5, 9), new(28, 10, 12, 8, -7, 0))
    {
        Dangerous = true,
        Shifts = [new(Analytes.Bnp, 1500), new(Analytes.Creatinine, 0.6), new(Analytes.Sodium, -6), new(Analytes.Urea, 16), new(Analytes.Troponin, 0.06)],
        Panels = [Panels.Metabolic, Panels.BloodCount, Panels.Bnp, Panels.Troponin], Drugs = [Drugs.Furosemide, Drugs.Enoxaparin],
        Treatments = [new(Procedure("40701008", "Echocardiography"), 1), ChestXRay], Usual = [HeartFailure, Hypertension],
        Complaint = "Breathless on lying flat, swollen legs, 5 kg heavier within two weeks.",
        Course = "Intravenous diuretics with daily weights and fluid restriction; oedema went down.",
    };
    public static readonly Episode Infarction = new(Named("Acute non-ST segment elevation myocardial infarction", "401314000", "I21.4", "Non-ST elevation (NSTEMI) myocardial infarction"),
        Wards.Cardiology, 45, 92, (3, 6), new(22, 6, 14, 8, -3, 0.2))
    {
        Dangerous = true,
        Shifts = [new(Analytes.Troponin, 6.5), new(Analytes.Bnp, 320), new(Analytes.Glucose, 35), new(Analytes.CReactiveProtein, 18)],
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.Troponin, Panels.Lipids, Panels.Bnp], Drugs = [Drugs.Clopidogrel, Drugs.Enoxaparin, Drugs.Morphine],
        Treatments = [new(Procedure("29303009", "Electrocardiographic procedure"), 0), new(Procedure("415070008", "Percutaneous coronary intervention"), 1)], Usual = [Coronary, Hypertension],
        Complaint = "Pressure behind the breastbone for two hours, spreading to the left arm.",
        Course = "Troponin rose and fell. Coronary angiography showed one tight stenosis, treated with a stent.",
    };
    public static readonly Episode FastFibrillation = new(Named("Atrial fibrillation with rapid ventricular response", "120041000119109", "I48.91", "Unspecified atrial fibrillation"),
        Wards.Cardiology, 55, 92, (2, 5), new(52, 5, -10, 0, -2, 0))
    {
        Shifts = [new(Analytes.Bnp, 260), new(Analytes.Potassium, -0.6)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.Troponin, Panels.Bnp],
        Drugs = [Drugs.Metoprolol, Drugs.Enoxaparin], Treatments = [new(Procedure("29303009", "Electrocardiographic procedure"), 0)], Usual = [AtrialFibrillation],
        Complaint = "Palpitations and dizziness since the morning.", Course = "Rate control with a beta blocker; potassium was replaced.",
    };
    public static readonly Episode Pneumonia = new(Named("Community acquired pneumonia", "385093006", "J18.9", "Pneumonia, unspecified organism"), Wards.InternalMedicine, 18, 95, (4, 8), new(26, 9, -12, -6, -7, 2.0))
    {
        Dangerous = true,
        Shifts = Infection, Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Procalcitonin, Panels.Lactate],
        Drugs = [Drugs.Ceftriaxone, Drugs.Azithromycin, Drugs.Paracetamol], Treatments = [ChestXRay],
        Complaint = "Cough with yellow sputum, fever and pain on breathing in for four days.",
        Course = "The chest X-ray showed an infiltrate in the right lower lobe. Antibiotics and oxygen were given.",
    };
    public static readonly Episode CopdExacerbation = new(Named("Acute exacerbation of chronic obstructive airways disease", "195951007", "J44.1", "Chronic obstructive pulmonary disease with (acute) exacerbation"),
        Wards.InternalMedicine, 50, 92, (4, 7), new(22, 10, 6, 2, -7, 0.5))
    {
        Shifts = [new(Analytes.Leukocytes, 5), new(Analytes.CReactiveProtein, 55), new(Analytes.CarbonDioxide, 17), new(Analytes.ArterialPh, -0.06), new(Analytes.Oxygen, -26)],
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.BloodGas], Drugs = [Drugs.Prednisone, Drugs.Albuterol, Drugs.Azithromycin], Treatments = [ChestXRay], Usual = [Copd],
        Complaint = "More breathless than usual with more and darker sputum.", Course = "Controlled oxygen, nebulised bronchodilators and a short course of steroids.",
    };
    public static readonly Episode UrinaryInfection = new(Named("Urinary tract infectious disease", "68566005", "N39.0", "Urinary tract infection, site not specified"), Wards.InternalMedicine, 18, 97, (3, 6), new(22, 4, -14, -8, -2, 1.8))
    {
        Shifts = [.. Infection, new(Analytes.Creatinine, 0.4)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Lactate], Drugs = [Drugs.Ceftriaxone, Drugs.Saline, Drugs.Paracetamol],
        Complaint = "Flank pain, burning on urination and fever.", Course = "Urine culture grew Escherichia coli, sensitive to the antibiotic in use.",
    };
    public static readonly Episode KidneyInjury = new(Named("Acute renal failure syndrome", "14669001", "N17.9", "Acute kidney failure, unspecified"), Wards.InternalMedicine, 50, 95, (4, 9), new(12, 4, -16, -10, -1, 0))
    {
        Shifts = [new(Analytes.Creatinine, 3.0), new(Analytes.Urea, 48), new(Analytes.Potassium, 1.2), new(Analytes.Bicarbonate, -7)], Panels = [Panels.Metabolic, Panels.BloodCount, Panels.CReactiveProtein],
        Drugs = [Drugs.Saline], Treatments = [new(Procedure("306005", "Echography of kidney"), 1)], Usual = [KidneyDisease, Hypertension],
        Complaint = "Weakness and hardly any urine after several days of vomiting.", Course = "Kidney-harming drugs were stopped and fluids given; urine output came back.",
    };
    public static readonly Episode Cellulitis = new(Named("Cellulitis", "128045006", "L03.90", "Cellulitis, unspecified"), Wards.InternalMedicine, 18, 92, (3, 6), new(14, 2, -6, -4, 0, 1.4))
    {
        Shifts = [new(Analytes.Leukocytes, 7), new(Analytes.CReactiveProtein, 95)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein], Drugs = [Drugs.Cefazolin, Drugs.Paracetamol],
        Complaint = "Red, hot and painful lower leg with fever.", Course = "Intravenous antibiotics; the marked redness retreated within two days.",
    };
    public static readonly Episode Appendicitis = new(Named("Acute appendicitis", "85189001", "K35.80", "Unspecified acute appendicitis"), Wards.Surgery, 8, 60, (2, 4), new(24, 4, -6, -4, -1, 1.2))
    {
        Shifts = [new(Analytes.Leukocytes, 9), new(Analytes.CReactiveProtein, 85)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein], Drugs = [Drugs.Cefazolin, Drugs.Morphine, Drugs.Ondansetron],
        Treatments = [new(Procedure("80146002", "Appendectomy"), 0)],
        Complaint = "Pain that moved from the navel to the right lower abdomen, with vomiting.", Course = "Laparoscopic appendectomy without complications.",
    };
    public static readonly Episode HipFracture = new(Named("Fracture of neck of femur", "5913000", "S72.001A", "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture"),
        Wards.Surgery, 66, 99, (7, 13), new(18, 4, 8, 2, -3, 0.5))
    {
        Shifts = [new(Analytes.Haemoglobin, -3.6), new(Analytes.CReactiveProtein, 110), new(Analytes.Creatinine, 0.2)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Inr],
        Drugs = [Drugs.Enoxaparin, Drugs.Paracetamol, Drugs.Morphine, Drugs.Cefazolin], Treatments = [new(Procedure("52734007", "Total replacement of hip"), 1)],
        Complaint = "Fall at home, unable to stand, right leg shortened and turned outwards.", Course = "Hip replacement on the day after admission; up with a walking frame on the second day after surgery.",
    };
    public static readonly Episode Cholecystitis = new(Named("Acute cholecystitis", "65275009", "K81.0", "Acute cholecystitis"), Wards.Surgery, 28, 88, (3, 6), new(20, 4, 4, 2, -1, 1.3))
    {
        Shifts = [new(Analytes.Leukocytes, 8), new(Analytes.CReactiveProtein, 120), new(Analytes.Alt, 90), new(Analytes.Bilirubin, 1.9)],
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Liver], Drugs = [Drugs.Ceftriaxone, Drugs.Morphine, Drugs.Ondansetron], Treatments = [new(Procedure("38102005", "Cholecystectomy"), 1)],
        Complaint = "Steady pain in the right upper abdomen with fever after a fatty meal.", Course = "Laparoscopic cholecystectomy on the day after admission.",
    };
    public static readonly Episode Stroke = new(Named("Ischemic stroke", "422504002", "I63.9", "Cerebral infarction, unspecified"), Wards.Neurology, 50, 95, (5, 10), new(10, 3, 34, 14, -2, 0.4))
    {
        Dangerous = true,
        Shifts = [new(Analytes.Glucose, 40), new(Analytes.CReactiveProtein, 22)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.Lipids, Panels.Inr, Panels.CReactiveProtein], Drugs = [Drugs.Aspirin, Drugs.Atorvastatin, Drugs.Enoxaparin],
        Treatments = [new(Procedure("303653007", "Computed tomography of head"), 0)], Usual = [Hypertension, Hyperlipidaemia],
        Complaint = "Sudden weakness of the right arm and leg with slurred speech.", Course = "CT showed no bleeding. Stroke unit care with early physiotherapy and speech therapy; strength is returning.",
    };
    public static readonly Episode Seizure = new(Named("Seizure", "91175000", "G40.909", "Epilepsy, unspecified, not intractable, without status epilepticus"), Wards.Neurology, 16, 80, (2, 4), new(20, 4, 12, 4, -2, 0.4))
    {
        Shifts = [new(Analytes.Lactate, 3), new(Analytes.Leukocytes, 3)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.Lactate], Drugs = [Drugs.Levetiracetam], Usual = [Epilepsy],
        Treatments = [new(Procedure("54550000", "Electroencephalogram"), 1)],
        Complaint = "Convulsion of two minutes seen by the family, then sleepy.", Course = "No further seizure after the dose was adapted.",
    };
    public static readonly Episode Bronchiolitis = new(Named("Acute bronchiolitis", "4120002", "J21.9", "Acute bronchiolitis, unspecified"), Wards.Paediatrics, 0, 1, (3, 5), new(28, 20, 0, 0, -7, 0.9))
    {
        Shifts = [new(Analytes.CReactiveProtein, 15)], Panels = [Panels.BloodCount, Panels.CReactiveProtein], Drugs = [Drugs.ChildParacetamol],
        Complaint = "Cold for three days, now fast breathing and drinking poorly.", Course = "Oxygen by nasal cannula, suction and small frequent feeds.",
    };
    public static readonly Episode AsthmaAttack = new(Named("Acute severe exacerbation of asthma", "708090002", "J45.909", "Unspecified asthma, uncomplicated"), Wards.Paediatrics, 5, 16, (2, 4), new(34, 15, 4, 2, -6, 0.3))
    {
        Shifts = [new(Analytes.Leukocytes, 3)], Panels = [Panels.BloodCount, Panels.CReactiveProtein], Drugs = [Drugs.Albuterol, Drugs.Prednisone], Usual = [Asthma],
        Complaint = "Wheeze and breathlessness at night, reliever without effect.", Course = "Repeated inhaled salbutamol and oral steroids; breathing settled.",
    };
    public static readonly Episode Gastroenteritis = new(Named("Gastroenteritis", "25374005", "A09", "Infectious gastroenteritis and colitis, unspecified"), Wards.Paediatrics, 1, 12, (1, 3), new(30, 5, -8, -6, 0, 1.3))
    {
        Shifts = [new(Analytes.Sodium, -4), new(Analytes.Bicarbonate, -5), new(Analytes.Urea, 9), new(Analytes.CReactiveProtein, 20)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein], Drugs = [Drugs.ChildParacetamol],
        Complaint = "Vomiting and watery diarrhoea for two days.", Course = "Oral rehydration, then normal diet.",
    };
    public static readonly Episode Delivery = new(Named("Delivery normal", "48782003", "O80", "Encounter for full-term uncomplicated delivery"), Wards.Maternity, 19, 42, (2, 4), new(16, 3, 4, 2, 0, 0.2))
    {
        Only = Sex.Female, Pregnancy = true,
        Shifts = [new(Analytes.Haemoglobin, -1.6), new(Analytes.Leukocytes, 5)], Panels = [Panels.BloodCount], Drugs = [Drugs.Oxytocin, Drugs.Paracetamol], Treatments = [new(Procedure("177184002", "Normal delivery procedure"), 0)],
        Complaint = "Regular contractions at 39 weeks.", Course = "Spontaneous vaginal delivery of a healthy child; mother well, breastfeeding started.",
    };
    public static readonly Episode Birth = new(Named("Liveborn born in hospital", "442311008", "Z38.00", "Single liveborn infant, delivered vaginally"), Wards.Maternity, 0, 0, (3, 4), Strain.None)
    {
        Newborn = true, Panels = [Panels.BloodCount, Panels.Bilirubin], Shifts = [new(Analytes.Bilirubin, 5)],
        Complaint = "Born at term after an uneventful pregnancy.", Course = "Drinks well; first examinations without findings.",
    };
    public static readonly Episode Sprain = new(Named("Sprain of ankle", "44465007", "S93.409A", "Sprain of unspecified ligament of unspecified ankle, initial encounter"), Wards.Emergency, 10, 70, (0, 0), new(8, 2, 6, 2, 0, 0))
    {
        Drugs = [Drugs.Ibuprofen], Panels = [Panels.BloodCount], Complaint = "Twisted the ankle on the stairs.", Course = "No fracture; bandage and rest.",
    };
    public static readonly Episode ChestPain = new(Named("Chest pain", "29857009", "R07.9", "Chest pain, unspecified"), Wards.Emergency, 30, 85, (0, 0), new(14, 3, 14, 8, 0, 0))
    {
        Panels = [Panels.BloodCount, Panels.Metabolic, Panels.Troponin], Drugs = [Drugs.Aspirin], Treatments = [new(Procedure("29303009", "Electrocardiographic procedure"), 0)],
        Complaint = "Stabbing chest pain since this afternoon.", Course = "Electrocardiogram and serial troponin are normal.",
    };
    public static readonly Episode AbdominalPain = new(Named("Abdominal pain", "21522001", "R10.9", "Unspecified abdominal pain"), Wards.Emergency, 12, 85, (0, 0), new(14, 3, 6, 2, 0, 0.4))
    {
        Shifts = [new(Analytes.Leukocytes, 3), new(Analytes.CReactiveProtein, 14)], Panels = [Panels.BloodCount, Panels.Metabolic, Panels.CReactiveProtein, Panels.Liver], Drugs = [Drugs.Paracetamol, Drugs.Ondansetron],
        Complaint = "Cramping abdominal pain and nausea since noon.", Course = "Soft abdomen, ultrasound without findings.",
    };

    public static readonly IReadOnlyList<Episode> All =
        [Sepsis, RespiratoryFailure, DecompensatedHeartFailure, Infarction, FastFibrillation, Pneumonia, CopdExacerbation, UrinaryInfection, KidneyInjury, Cellulitis, Appendicitis, HipFracture,
            Cholecystitis, Stroke, Seizure, Bronchiolitis, AsthmaAttack, Gastroenteritis, Delivery, Birth, Sprain, ChestPain, AbdominalPain];

    static Concept Procedure(string snomed, string name) => Terms.Snomed(snomed, name).Concept();
}
