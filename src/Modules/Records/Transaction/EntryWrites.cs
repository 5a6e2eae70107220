using Salus.Kernel;
using Salus.Records.Create;
using Salus.Records.Delete;
using Salus.Records.Http;
using Salus.Records.Patch;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Transaction;

/// <summary>The interactions that write, for entries of a batch: each as it would be alone.</summary>
internal sealed class EntryWrites(
    CreateInteraction create, UpdateInteraction update, PatchInteraction patch, DeleteInteraction delete,
    ConditionalUpdate updateWhere, ConditionalPatch patchWhere, ConditionalDelete deleteWhere)
{
    /// <param name="known">What was current a moment ago of the resource that a PUT names; null when nobody looked.</param>
    public Task<Outcome<Reply>> RunAsync(Caller caller, BundleEntry entry, CurrentRow? known, string address, CancellationToken ct) => (entry.Method, entry.Id, entry.Criteria) switch
    {
        ("POST", _, _) => create.RunAsync(caller, entry.Type, entry.Resource, entry.NoneExist is { } query ? (query, entry.NoneExistPath) : null, address, ct),
        ("PUT", { } id, _) => update.RunAsync(caller, entry.Type, id, entry.Resource, entry.Condition, ct, known),
        ("PATCH", { } id, _) => patch.RunAsync(caller, entry.Type, id, entry.Patch!, entry.Condition, ct),
        (_, { } id, _) => delete.RunAsync(caller, entry.Type, id, entry.Condition, ct),
        ("PUT", _, { } query) => updateWhere.RunAsync(caller, entry.Type, query, entry.CriteriaPath, entry.Resource, entry.Condition, address, ct),
        ("PATCH", _, { } query) => patchWhere.RunAsync(caller, entry.Type, query, entry.CriteriaPath, entry.Patch!, entry.Condition, address, ct),
        _ => deleteWhere.RunAsync(caller, entry.Type, entry.Criteria!, entry.CriteriaPath, entry.Condition, address, ct),
    };
}
