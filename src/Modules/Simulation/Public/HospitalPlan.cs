namespace Salus.Simulation;

/// <summary>What to simulate. Two equal plans with the same <see cref="Until"/> give byte-identical output on every machine.</summary>
/// <param name="Seed">Chooses the hospital; each patient depends on this and on the patient's own number only.</param>
/// <param name="Patients">Number of patients, 0 to 99,999.</param>
/// <param name="Years">Length of the recorded past, 1 to 20 years.</param>
/// <param name="Until">Present moment of the simulated hospital: nothing is dated later, and all times are written with its offset.
/// Null: the start of the current day in UTC.</param>
public sealed record HospitalPlan(int Seed = 1, int Patients = 200, int Years = 2, DateTimeOffset? Until = null);
