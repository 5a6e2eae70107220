namespace Salus.Faults.Tests.Support;

/// <summary>Salus processes on one database. What is outside of it they have to share as well: the keys, and where the audit trail keeps its own.</summary>
internal static class SharedRecord
{
    private static readonly string Secret = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("of a test"u8));

    /// <summary>Starts one of them and waits until it is ready.</summary>
    /// <param name="name">Of its own folder.</param>
    public static Task<SalusProcess> StartAsync(TestFolder folder, string name, string database, params (string Name, string Value)[] settings) => SalusProcess.ReadyAsync(
        folder[name],
        [
            ("Salus__Postgres", database), ("Salus__Keys__Master", Secret), ("Salus__Access__AuditFolder", folder["audit"]),
            ("Salus__Records__Sealed__Keys", $"one:{Secret}"), ("Salus__Records__Sealed__HashKeys", $"one:{Secret}"), .. settings,
        ]);
}
