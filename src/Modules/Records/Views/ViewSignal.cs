using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>Wakes <see cref="ViewBuilder"/> when a view was stored in this process.</summary>
internal sealed class ViewSignal : Signal;
