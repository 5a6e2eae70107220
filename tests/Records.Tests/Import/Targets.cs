using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Import;

namespace Salus.Records.Tests.Import;

/// <summary>A real target with something done around its calls.</summary>
internal abstract class AroundTarget(IImportTarget inner) : IImportTarget
{
    public virtual string Name => inner.Name;

    public int MaxBytes => inner.MaxBytes;

    public Task<Failure?> CheckAsync(CancellationToken ct) => inner.CheckAsync(ct);

    public virtual Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct) => inner.SendAsync(bundle, document, ct);

    public virtual Task<bool> HasAllAsync(IReadOnlyList<(string Type, string Id)> resources) => inner.HasAllAsync(resources);

    public virtual Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct) => inner.SearchAsync(type, query, ct);

    public void Dispose() => inner.Dispose();
}

/// <summary>Presses Ctrl-C after some bundles.</summary>
internal sealed class Interrupting(IImportTarget inner, int after, CancellationTokenSource stop) : AroundTarget(inner)
{
    private int sent;

    public override async Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct)
    {
        var answer = await base.SendAsync(bundle, document, ct);
        if (Interlocked.Increment(ref sent) == after)
        {
            await stop.CancelAsync();
        }

        return answer;
    }
}

/// <summary>Stores a bundle, and dies before the answer arrives.</summary>
internal sealed class LosingAnswers(IImportTarget inner, int after) : AroundTarget(inner)
{
    private int sent;

    public override async Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct)
    {
        var answer = await base.SendAsync(bundle, document, ct);
        return Interlocked.Increment(ref sent) > after ? throw new InvalidOperationException("killed") : answer;
    }
}

/// <summary>Stores the first bundle without saying so, and for a while answers no question about it either.</summary>
internal sealed class FallingSilent(IImportTarget inner, int unanswered) : AroundTarget(inner)
{
    private int sent;
    private int asked;

    public int Sent => sent;

    public override async Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct)
    {
        var answer = await base.SendAsync(bundle, document, ct);
        return Interlocked.Increment(ref sent) == 1 ? new TargetAnswer(503, default, "away") : answer;
    }

    public override Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct) =>
        Interlocked.Increment(ref asked) <= unanswered ? Task.FromResult(new TargetAnswer(503, default, "away")) : base.SearchAsync(type, query, ct);
}

/// <summary>Its search does not know one id.</summary>
internal sealed class Forgetful(IImportTarget inner, string id) : AroundTarget(inner)
{
    public override async Task<bool> HasAllAsync(IReadOnlyList<(string Type, string Id)> resources) => resources.All(r => r.Id != id) && await base.HasAllAsync(resources);

    public override Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct) => base.SearchAsync(
        type, [.. query.Select(p => p.Key == "_id" ? new KeyValuePair<string, string>("_id", string.Join(',', p.Value.Split(',').Select(v => v == id ? "gone" : v))) : p)], ct);
}

/// <summary>Passes for another one.</summary>
internal sealed class Renamed(IImportTarget inner, string name) : AroundTarget(inner)
{
    public override string Name => name;
}
