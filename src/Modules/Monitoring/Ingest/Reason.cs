namespace Salus.Monitoring.Ingest;

/// <summary>Why a value is not taken. The names are part of the API; numbers are not stored.</summary>
internal enum Reason
{
    UnknownDevice,
    AmbiguousDevice,
    InactiveDevice,
    /// <summary>The caller is a device, and this is another one.</summary>
    ForeignDevice,
    OtherBed,
    UnknownCode,
    NotANumber,
    NoUnit,
    WrongUnit,
    Impossible,
    InvalidTime,
    Future,
    TooOld,
    NoPatient,
    OtherPatient,
    /// <summary>Of a waveform: the patient went off the device within it.</summary>
    PatientChanged,
    /// <summary>Of a waveform: period, origin or factor are none.</summary>
    InvalidScale,
    /// <summary>Of a waveform: more samples or seconds than one block has.</summary>
    TooLong,
    /// <summary>Of a waveform: without samples.</summary>
    Empty,
}

internal static class Reasons
{
    private static readonly string[] Names =
    [
        "unknown-device", "ambiguous-device", "inactive-device", "foreign-device", "other-bed", "unknown-code", "not-a-number", "no-unit", "wrong-unit", "impossible", "invalid-time", "future",
        "too-old", "no-patient", "other-patient", "patient-changed", "invalid-scale", "too-long", "empty",
    ];

    public static int Count => Names.Length;

    /// <summary>Whether the sample may be good as soon as the registry knows more.</summary>
    public static bool IsOfRegistry(this Reason reason) => reason is Reason.UnknownDevice or Reason.AmbiguousDevice or Reason.InactiveDevice or Reason.ForeignDevice or Reason.OtherBed
        or Reason.NoUnit or Reason.WrongUnit or Reason.NoPatient or Reason.OtherPatient or Reason.PatientChanged;

    /// <summary>The name in answers, tables and metrics.</summary>
    public static string Text(this Reason reason) => Names[(int)reason];
}
