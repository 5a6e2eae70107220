using System.Text.Json;

namespace Salus.Records.Import;

/// <summary>Sends a work item, repeats what the target could not take at the moment, and makes the result.</summary>
internal sealed class ItemSender(IImportTarget target, Verification verification, TimeProvider time)
{
    /// <param name="unknownSince">When an earlier run sent it without learning its fate; null when none did.</param>
    /// <param name="last">True when an item whose references lead nowhere is to be rejected, not to be tried again later.</param>
    /// <param name="stop">Ends waiting for a target that is away. A request that was sent is always waited for.</param>
    public async Task<Attempt> RunAsync(WorkItem item, DateTimeOffset? unknownSince, bool last, CancellationToken stop)
    {
        var result = new ItemResult();
        foreach (var rejection in item.Rejections)
        {
            result.Add(rejection.Type ?? ItemBuilder.Unreadable, rejection.Resources, 0, 0);
            result.Rejected.Add(rejection);
        }

        if (item.Entries.Count == 0)
        {
            return new Attempt(result);
        }

        if (item.Bundle.Length > target.MaxBytes)
        {
            Refuse(item, result, $"The bundle has {item.Bundle.Length:N0} bytes; the server takes {target.MaxBytes:N0}.");
            return new Attempt(result);
        }

        if (unknownSince is { } since)
        {
            switch (await verification.IsStoredAsync(item, since, stop))
            {
                case true:
                    return new Attempt(AllStored(item));
                case null:
                    return new Attempt(null, Stopped: "The server cannot say at the moment whether an earlier run stored a bundle; start the import again when it answers.");
            }
        }

        return await SendAsync(item, result, last, stop);
    }

    private static ItemResult AllStored(WorkItem item)
    {
        var result = new ItemResult();
        foreach (var entry in item.Entries.Where(e => e.IsResource))
        {
            result.Add(entry.Type, 1, 1, 1);
        }

        return result;
    }

    private async Task<Attempt> SendAsync(WorkItem item, ItemResult result, bool last, CancellationToken stop)
    {
        var answers = new EntryAnswer?[item.Entries.Count];
        var open = Enumerable.Range(0, answers.Length).ToList();
        var bundle = item.Bundle;
        var started = time.GetUtcNow();
        for (var attempt = 1; ; attempt++)
        {
            var answer = await target.SendAsync(bundle, open.Count == answers.Length ? item.Document : null, CancellationToken.None);
            if (answer.Lost)
            {
                return new Attempt(null, Stopped: answer.Message);
            }

            var entries = answer.Status == 200 ? BundleAnswer.Entries(answer.Body) : null;
            if (answer.Status == 200 && entries?.Count != open.Count)
            {
                return new Attempt(null, Stopped: "The server's answer is not a response bundle with an entry for each entry that was sent. Is it a FHIR R4 server?");
            }

            if (entries is not null)
            {
                for (var i = 0; i < open.Count; i++)
                {
                    answers[open[i]] = entries[i];
                }

                open = [.. open.Where(i => answers[i]!.Value.Status == 503)];
                if (open.Count == 0)
                {
                    return await FinishAsync(item, result, answers, stop) is { } unanswered ? new Attempt(null, Stopped: unanswered) : new Attempt(result);
                }
            }
            else if (answer.Status is not (503 or 429))
            {
                return Refused(item, result, answer, last);
            }

            var reason = answer.Message ?? (entries is null ? BundleAnswer.Refusal(answer).Reason : answers[open[0]]!.Value.Reason);
            if (attempt == Patience.Attempts || !await PauseAsync(answer.RetryAfter, attempt, stop))
            {
                // What came through of a batch is not noted: PUT entries are sent again by the next run.
                return new Attempt(null, Stopped: reason);
            }

            // "The database is away" and a broken connection leave open whether the transaction was stored.
            bool? stored;
            while ((stored = await verification.IsStoredAsync(item, started, stop)) is null)
            {
                // Sent again before this is known, it could be stored twice.
                if (++attempt >= Patience.Attempts || !await PauseAsync(null, attempt, stop))
                {
                    return new Attempt(null, Stopped: reason);
                }
            }

            if (stored.Value)
            {
                return new Attempt(AllStored(item));
            }

            bundle = open.Count == answers.Length ? item.Bundle : Only(item.Bundle, open);
        }
    }

    private static Attempt Refused(WorkItem item, ItemResult result, TargetAnswer answer, bool last)
    {
        var (reason, unresolved) = BundleAnswer.Refusal(answer);
        if (answer.Status is 401 or 403 or 404 or 405)
        {
            return new Attempt(null, Stopped: $"The server refuses bundles with {answer.Status}: {reason}");
        }

        if (item.Atomic && unresolved && !last)
        {
            return new Attempt(null, Later: true);
        }

        Refuse(item, result, reason);
        return new Attempt(result);
    }

    private static void Refuse(WorkItem item, ItemResult result, string reason)
    {
        foreach (var entry in item.Entries.Where(e => e.IsResource))
        {
            result.Add(entry.Type, 1, 0, 0);
        }

        if (item.Composed)
        {
            result.Rejected.AddRange(item.Entries.Select(e => new ImportRejection(e.File, e.Line, null, e.Type, e.Id, reason, 1)));
            return;
        }

        var first = item.Entries[0];
        result.Rejected.Add(new ImportRejection(first.File, first.Line, null, "Bundle", null, reason, item.Resources));
    }

    // Null, or why it is not known whether what was stored can be found.
    private async Task<string?> FinishAsync(WorkItem item, ItemResult result, EntryAnswer?[] answers, CancellationToken stop)
    {
        var stored = new List<(WorkEntry Entry, string Id)>();
        for (var i = 0; i < answers.Length; i++)
        {
            var entry = item.Entries[i];
            var answer = answers[i]!.Value;
            if (answer.Status < 400)
            {
                if (entry.IsResource && answer.Id is { } id)
                {
                    stored.Add((entry, id));
                    result.Add(entry.Type, 1, 1, 0);
                    result.Sample ??= $"{entry.Type}/{id}";
                }

                continue;
            }

            if (entry.IsResource)
            {
                result.Add(entry.Type, 1, 0, 0);
            }

            // The index in a bundle that the importer made says nothing to the user.
            var reason = item.Composed ? answer.Reason!.Replace($"Bundle.entry[{i}].resource", entry.Type, StringComparison.Ordinal) : answer.Reason!;
            result.Rejected.Add(new ImportRejection(entry.File, entry.Line, entry.Entry, entry.Type, entry.Id, reason, entry.IsResource ? 1 : 0));
        }

        return await verification.RunAsync(stored, result, stop);
    }

    private async Task<bool> PauseAsync(TimeSpan? asked, int attempt, CancellationToken stop)
    {
        try
        {
            await Task.Delay(Patience.Pause(asked, attempt), time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static byte[] Only(ReadOnlyMemory<byte> bundle, List<int> entries)
    {
        using var json = JsonDocument.Parse(bundle);
        var all = json.RootElement.GetProperty("entry");
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType"u8, "Bundle"u8);
            writer.WriteString("type"u8, "batch"u8);
            writer.WriteStartArray("entry"u8);
            entries.ForEach(i => writer.WriteRawValue(all[i].GetRawText(), skipInputValidation: true));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
