namespace Salus.Monitoring.Ingest;

/// <summary>One value, or one waveform, that was not taken.</summary>
/// <param name="Batch">Which batch of the request, from 0; in the binary form, which run.</param>
/// <param name="Index">Which sample of it, from 0.</param>
/// <param name="Device">Its logical id where it is known, else the name as it was sent.</param>
/// <param name="Code">As it was sent.</param>
/// <param name="Message">Why, and the way out.</param>
/// <param name="Of">The array that the index is of: <c>waveforms</c>; null for samples.</param>
internal sealed record Rejection(int Batch, int Index, string Device, string Code, Reason Reason, string Message, string? Of = null);
