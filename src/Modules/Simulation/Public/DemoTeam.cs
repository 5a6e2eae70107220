namespace Salus.Simulation;

/// <summary>Some people of a synthetic hospital, for accounts that show it: by their resources and names, as its first bundles have them.</summary>
/// <param name="Physician">A physician of the medical ward.</param>
/// <param name="Nurse">A nurse of that ward.</param>
/// <param name="Ward">The ward: <c>Location/ward-med</c>.</param>
/// <param name="Patient">The first patient.</param>
public sealed record DemoTeam(DemoMember Physician, DemoMember Nurse, string Ward, DemoMember Patient);

/// <summary>One of them.</summary>
/// <param name="Reference">Their resource: <c>Practitioner/prac-0019</c>.</param>
/// <param name="Name">For people.</param>
public sealed record DemoMember(string Reference, string Name);
