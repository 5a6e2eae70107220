using Salus.Kernel;
using Salus.Monitoring.Devices;

namespace Salus.Monitoring.Ingest;

/// <summary>Why nothing of a device is taken from a caller; null when its samples are looked at.</summary>
internal static class DeviceProblem
{
    /// <param name="found">The devices of the name that was sent, usable ones first.</param>
    public static (Reason Reason, string Message)? Of(ReadOnlySpan<RegisteredDevice> found, Announcement said, Caller caller)
    {
        if (found.Length == 0)
        {
            return (Reason.UnknownDevice, "No Device has this logical id or identifier. Store the Device in the record first.");
        }

        if (found.Length > 1 && found[1].IsUsable)
        {
            return (Reason.AmbiguousDevice, $"The devices {found[0].Id} and {found[1].Id} both have this identifier. Name it by its logical id, or as system|value.");
        }

        var device = found[0];
        if (!device.IsUsable)
        {
            return (Reason.InactiveDevice, $"The Device is {device.Row.Status}. Set its status to active to take its data.");
        }

        if (caller.Person?.StartsWith("Device/", StringComparison.Ordinal) == true && caller.Person[7..] != device.Id && caller.Person[7..] != device.Row.Parent)
        {
            return (Reason.ForeignDevice, $"{caller.Person} may send for itself and for devices whose parent it is; this one is neither.");
        }

        return said.Bed is { } bed && device.Row.Bed is { } known && bed != known
            ? (Reason.OtherBed, $"The device says that it is at Location/{bed}; the record has it at Location/{known}. Correct Device.location, or the device.")
            : null;
    }
}
