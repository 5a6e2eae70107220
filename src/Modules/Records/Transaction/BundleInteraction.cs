using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>A bundle sent to the FHIR base: batch or transaction.</summary>
internal sealed partial class BundleInteraction(Preparation preparation, TransactionInteraction transaction, BatchInteraction batch, EntryReads reads, IOptions<RecordsOptions> options)
{
    /// <param name="preference">What the answers of writes carry beside their status; nothing unless stated.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, ReadOnlyMemory<byte> utf8, ReturnPreference preference, string address, CancellationToken ct)
    {
        var read = preparation.Read(utf8);
        return read.Failed(out var failure) ? failure : await RunAsync(caller, read.Value, preference, address, ct);
    }

    /// <summary>The same for a bundle that was read already.</summary>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, ResourceDocument document, ReturnPreference preference, string address, CancellationToken ct)
    {
        var bundle = document.Root;
        var type = bundle.Child("type"u8).AsString();
        if (bundle.Type?.Name != "Bundle" || type is not ("batch" or "transaction"))
        {
            return new Failure(
                FailureKind.Invalid, "invalid",
                $"The FHIR base takes a Bundle of type batch or transaction; this is a {bundle.Type?.Name}{(type is null ? "" : $" of type {type}")}. Send a resource to store to /fhir/{bundle.Type?.Name}.", "Bundle.type");
        }

        var entries = new List<Element>();
        foreach (var entry in bundle.Named("entry"))
        {
            entries.Add(entry);
        }

        if (entries.Count > options.Value.MaxBundleEntries)
        {
            return new Failure(FailureKind.TooLarge, "too-long", $"The bundle has {entries.Count} entries; the limit is {options.Value.MaxBundleEntries} (Salus:Records:MaxBundleEntries). Send it in parts.", "Bundle.entry");
        }

        var parsed = entries.Select((entry, i) => BundleEntry.Parse(entry, i, document.Definitions, options.Value.MaxBodyBytes)).ToList();
        if (type == "transaction")
        {
            return await TransactAsync(caller, bundle, parsed, preference, address, ct);
        }

        return CheckShape(bundle, parsed) is { } misshapen
            ? misshapen
            : Answer("batch-response", await batch.RunAsync(caller, parsed, address, ct), preference, [.. parsed.Select(p => p.Failed(out _) ? null : p.Value)]);
    }

    // In a batch each entry stands for itself: what is wrong in a resource is told by the interaction that it goes to, what is wrong around it here.
    private Failure? CheckShape(Element bundle, List<Outcome<BundleEntry>> parsed)
    {
        var whole = new List<Problem>();
        foreach (var problem in preparation.ValidateShape(bundle)?.Problems ?? [])
        {
            var entry = EntryPath().Match(problem.Path ?? "");
            if (!entry.Success || !int.TryParse(entry.Groups[1].ValueSpan, out var index) || index >= parsed.Count)
            {
                whole.Add(problem);
            }
            else if (!entry.Groups[2].Success && !parsed[index].Failed(out _))
            {
                parsed[index] = new Failure(FailureKind.Invalid, [problem]);
            }
        }

        return whole.Count == 0 ? null : new Failure(FailureKind.Invalid, whole);
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^Bundle\.entry\[(\d+)\](\.resource\.)?")]
    private static partial System.Text.RegularExpressions.Regex EntryPath();

    private async Task<Outcome<Reply>> TransactAsync(
        Caller caller, Element bundle, List<Outcome<BundleEntry>> parsed, ReturnPreference preference, string address, CancellationToken ct)
    {
        if (await preparation.ValidateTransactionAsync(bundle, caller.Tenant, ct) is { } invalid)
        {
            return invalid;
        }

        var problems = parsed.SelectMany(p => p.Failed(out var wrong) ? wrong.Problems : []).Take(50).ToList();
        if (problems.Count > 0)
        {
            return new Failure(FailureKind.Invalid, problems);
        }

        var entries = parsed.ConvertAll(p => p.Value);
        var outcome = await transaction.RunAsync(caller, entries, address, ct);
        if (outcome.Failed(out var failure))
        {
            return failure;
        }

        var replies = outcome.Value;
        var budget = reads.Budget();
        for (var i = 0; i < replies.Length; i++)
        {
            if (replies[i] is null)
            {
                var reply = await reads.RunAsync(caller, entries[i], budget, address, ct);
                replies[i] = reply.Failed(out var unread) ? OperationOutcome.Reply(unread) : reply.Value;
            }
        }

        return Answer("transaction-response", replies!, preference, entries);
    }

    private static Reply Answer(string type, Reply[] replies, ReturnPreference preference, IEnumerable<BundleEntry?> entries)
    {
        using var bundle = new BundleWriter(type);
        foreach (var reply in replies)
        {
            var writer = bundle.Entry(null);
            if (!reply.Body.IsEmpty && reply.Status < 400 && (preference == ReturnPreference.Representation || reply.Note is null))
            {
                bundle.Resource(reply.Body);
            }

            writer.WriteStartObject("response"u8);
            writer.WriteString("status"u8, $"{reply.Status} {ReasonPhrases.GetReasonPhrase(reply.Status)}");
            if (reply.Location is { } location)
            {
                writer.WriteString("location"u8, location);
            }

            if (reply.Version is { } version)
            {
                writer.WriteString("etag"u8, $"W/\"{version}\"");
            }

            if (reply.LastModified is { } at)
            {
                writer.WriteString("lastModified"u8, at.UtcDateTime);
            }

            if (reply.Status >= 400 || (preference == ReturnPreference.OperationOutcome && reply.Note is not null))
            {
                writer.WritePropertyName("outcome"u8);
                writer.WriteRawValue(reply.Status >= 400 ? reply.Body.Span : OperationOutcome.Information(reply.Note!), skipInputValidation: true);
            }

            writer.WriteEndObject();
            bundle.EndEntry();
        }

        // Whoever asks for a patient asks about that patient, found or not.
        var asked = entries.Where(e => e is { IsRead: true, Type.Name: "Patient", Id: { } id } && Preparation.CheckId(id) is null).Select(e => e!.Id!);
        return Reply.Bundle(bundle.ToUtf8(), replies.SelectMany(r => r.Patients).Concat(asked).ToHashSet(StringComparer.Ordinal));
    }
}
