using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Live;

/// <summary>What is followed: a ward or a patient.</summary>
/// <param name="Kind"><see cref="Ward"/> or <see cref="Patient"/>, as clients name it.</param>
/// <param name="Id">The logical id of the Location or the Patient.</param>
internal readonly record struct LiveSubject(string Kind, string Id)
{
    public const string Ward = "ward";
    public const string Patient = "patient";
}

/// <summary>Who follows.</summary>
/// <param name="Caller">The caller of the moment at which it began.</param>
/// <param name="Again">Finds the caller of a later moment.</param>
/// <param name="Path">The route, for the audit trail.</param>
internal sealed record LiveViewer(Caller Caller, CallerAgain Again, string Path);

/// <summary>What a follower is told together; nothing of all where it was quiet for a while.</summary>
/// <param name="States">Of each patient the newest state.</param>
/// <param name="Alerts">Alerts that changed, in the order of their changes.</param>
internal sealed record LiveNews(IReadOnlyCollection<PatientState> States, IReadOnlyList<Alert> Alerts)
{
    /// <summary>What the client has may lack something, or be of patients who are not there any more: it asks for the whole again.</summary>
    public bool Reset { get; init; }

    /// <summary>Why nothing more comes; null while it goes on.</summary>
    public string? Gone { get; init; }

    /// <summary>The last that is told.</summary>
    public static LiveNews End(string why) => new([], []) { Gone = why };
}
