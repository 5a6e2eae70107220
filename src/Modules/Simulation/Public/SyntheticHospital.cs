using Salus.Simulation.Course;
using Salus.Simulation.Hospital;
using Salus.Simulation.Resources;

namespace Salus.Simulation;

/// <summary>
/// A made-up hospital as FHIR R4 transaction bundles. The first bundle holds the organization, its locations and its staff; then comes one
/// bundle per patient, whose references point into itself and into the first bundle only. Post them in order; after the first one, the rest
/// may go in parallel. Every entry is a <c>PUT</c> with a fixed id, so posting a bundle again changes nothing but the version.
/// Instances are immutable and safe for use by several threads.
/// </summary>
public sealed class SyntheticHospital
{
    readonly HospitalPlan plan;
    readonly TimeFrame frame;
    readonly BedPlan beds;
    readonly Roster roster;

    /// <summary>Fixes the plan and the present moment; generates no patient yet.</summary>
    /// <param name="plan">What to simulate.</param>
    /// <param name="time">Asked once, and only when the plan names no <see cref="HospitalPlan.Until"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Patients or years are out of range.</exception>
    public SyntheticHospital(HospitalPlan plan, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(plan.Patients);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.Patients, 99_999);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Years, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.Years, 20);
        this.plan = plan;
        var until = plan.Until ?? new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        frame = new TimeFrame(until.AddYears(-plan.Years), until);
        beds = new BedPlan(plan.Seed);
        roster = new Roster(plan.Seed);
    }

    /// <summary>Number of bundles: one for the hospital and one per patient.</summary>
    public int BundleCount => plan.Patients + 1;

    /// <summary>The present moment of the hospital.</summary>
    public DateTimeOffset Until => frame.Until;

    /// <summary>Some of its people. There has to be a patient.</summary>
    public DemoTeam Team => new(
        Member(roster.All.First(c => c.Specialty == Wards.InternalMedicine.Specialty && !c.IsNurse)), Member(roster.All.First(c => c.Specialty == Wards.InternalMedicine.Specialty && c.IsNurse)),
        Wards.InternalMedicine.Reference, new DemoMember(Chart(1).Person.Reference, Chart(1).Person.Name.Full));

    /// <summary>All bundles in order, UTF-8 JSON without a byte order mark. Each is made when it is asked for, and none is kept.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Bundles() => Enumerable.Range(0, BundleCount).Select(Bundle);

    /// <summary>One bundle by position: 0 is the hospital, n the patient <c>pat-n</c> (five digits). A seeding that was stopped resumes here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not below <see cref="BundleCount"/>.</exception>
    public ReadOnlyMemory<byte> Bundle(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, BundleCount);
        return number == 0 ? HospitalBundle.Write(beds, roster, plan.Patients) : PatientBundle.Write(Chart(number));
    }

    static DemoMember Member(Clinician clinician) => new(clinician.Reference, clinician.Title);

    internal Chart Chart(int number) => Biography.Of(plan.Seed, number, frame, beds, roster);
}
