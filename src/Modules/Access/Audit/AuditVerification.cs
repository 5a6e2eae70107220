using System.Security.Cryptography;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Goes through the trail in the order of its chain and stops at the first thing that does not fit.</summary>
internal sealed class AuditVerification(Database database, AuditKey key, AuditSealFile file)
{
    public async Task<AuditVerdict> RunAsync(DateOnly? day, CancellationToken ct)
    {
        // What the file says is read first: it is never ahead of a snapshot that begins later.
        var (seals, heads) = (file.Read(), file.Heads());
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        // One snapshot for all of it: rows are linked while this runs.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        if (!key.Exists)
        {
            throw new CannotStartException($"There is no key of the audit trail in {key.Folder}, so nothing can be proven. Put it back from the backup, or name its folder with Salus:Access:AuditFolder.");
        }

        var run = new Run(connection, key.Value);
        var fault = await run.DroppedAsync(ct) ?? await run.TenantsAsync(day, ct) ?? await run.SealsAsync(day, seals, ct) ?? await run.HeadsAsync(day, heads, ct);
        if (fault is null && day is null)
        {
            fault = await run.OpenAsync(ct);
        }

        return new AuditVerdict(run.Checked, run.Open, fault);
    }

    private sealed class Run(NpgsqlConnection connection, byte[] key)
    {
        private readonly List<AuditDropped> dropped = [];
        private readonly Dictionary<(int Tenant, DateOnly Day), (long Entries, long Last, byte[] Hash)> days = [];
        private readonly Dictionary<int, ulong> ends = [];

        public long Checked { get; private set; }

        public long Open { get; private set; }

        public async Task<AuditFault?> DroppedAsync(CancellationToken ct)
        {
            foreach (var (what, seal) in await AuditRecords.DroppedAsync(connection, ct))
            {
                if (!Same(what.Seal(key), seal))
                {
                    return new AuditFault(null, what.Low, $"The summary of the dropped partition {what.Partition} was not written by Salus, or was changed.");
                }

                dropped.Add(what);
            }

            return null;
        }

        public async Task<AuditFault?> TenantsAsync(DateOnly? day, CancellationToken ct)
        {
            foreach (var tenant in await AuditRows.TenantsAsync(connection, ct))
            {
                if (await ChainAsync(tenant, day, ct) is { } fault)
                {
                    return fault;
                }
            }

            return null;
        }

        private async Task<AuditFault?> ChainAsync(int tenant, DateOnly? day, CancellationToken ct)
        {
            var (number, hash, until) = day is { } only ? await AuditRows.BeforeAsync(connection, tenant, only, ct) : (0L, AuditSegment.Nothing, 0UL);
            for (var more = true; more;)
            {
                var segments = await AuditRecords.SegmentsAsync(connection, tenant, number, day, ct);
                more = segments.Count > 0;
                foreach (var (segment, mac) in segments)
                {
                    var fault = Link(segment, mac, number, hash, until) ?? Judge(segment, await AuditRows.RangeAsync(connection, tenant, until, segment.Until, ct));
                    if (fault is not null)
                    {
                        return fault;
                    }

                    (number, hash, until) = (segment.Number, segment.Hash, segment.Until);
                    days[(tenant, segment.Day)] = (days.GetValueOrDefault((tenant, segment.Day)).Entries + segment.Ids.Length, number, hash);
                }
            }

            ends[tenant] = until;
            return null;
        }

        private AuditFault? Link(AuditSegment segment, byte[] mac, long number, byte[] hash, ulong until)
        {
            var at = segment.Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            return segment.Number != number + 1 ? new AuditFault(null, at, $"Segment {number + 1} of tenant {segment.Tenant} is missing: the chain was cut.")
                : !Same(segment.Mac(key), mac) ? new AuditFault(null, at, $"Segment {segment.Number} of tenant {segment.Tenant} was not written by Salus, or was changed.")
                : !Same(segment.Previous, hash) || segment.Until <= until ? new AuditFault(null, at, $"Segment {segment.Number} of tenant {segment.Tenant} does not follow the one before it: a part of the chain was replaced.")
                : null;
        }

        private AuditFault? Judge(AuditSegment segment, List<(AuditRow Row, byte[] Mac)> rows)
        {
            Checked += rows.Count;
            var there = rows.Select(r => r.Row.Id).ToHashSet();
            var meant = segment.Ids.ToHashSet();
            var gone = 0;
            var hash = segment.Previous;
            foreach (var id in segment.Ids)
            {
                if (!there.Contains(id))
                {
                    if (!IsDropped(Time(id)))
                    {
                        return new AuditFault(id, Time(id), "The row was removed, or taken out of its place in the order.");
                    }

                    gone++;
                }
            }

            for (var i = 0; i < rows.Count; i++)
            {
                var (row, mac) = rows[i];
                var fault = !meant.Contains(row.Id) ? "The row was inserted afterwards: the chain does not have it."
                    : !Same(row.Mac(key), mac) ? "The row was changed."
                    : gone == 0 && segment.Ids[i] != row.Id ? "The order of the rows was changed." : null;
                if (fault is not null)
                {
                    return new AuditFault(row.Id, row.At, fault);
                }

                hash = AuditSegment.Link(hash, mac);
            }

            return gone == 0 && !Same(hash, segment.Hash)
                ? new AuditFault(segment.Ids[0], Time(segment.Ids[0]), $"The rows of segment {segment.Number} from this one on are not those that were linked.") : null;
        }

        public async Task<AuditFault?> SealsAsync(DateOnly? day, IReadOnlyList<(int Tenant, DateOnly Day, string Seal)> noted, CancellationToken ct)
        {
            var seals = await AuditRecords.SealsAsync(connection, ct);
            var before = new Dictionary<int, byte[]>();
            foreach (var (what, seal) in seals)
            {
                var fault = !Same(what.Seal(key), seal) ? "was not made by Salus, or was changed"
                    : !Same(what.Previous, before.GetValueOrDefault(what.Tenant) ?? AuditSegment.Nothing) ? "does not follow the seal before it: a seal was removed or replaced"
                    : Fits(what, day) ? null : "does not fit the entries of the day: they were removed, added or replaced";
                if (fault is not null)
                {
                    return new AuditFault(null, Begin(what.Day), $"The seal of {what.Day:yyyy-MM-dd} for tenant {what.Tenant} {fault}.");
                }

                before[what.Tenant] = seal;
            }

            var known = seals.ToDictionary(s => (s.Day.Tenant, s.Day.Day), s => Convert.ToHexStringLower(s.Seal));
            foreach (var (tenant, of, seal) in noted)
            {
                if (known.GetValueOrDefault((tenant, of)) != seal)
                {
                    return new AuditFault(null, Begin(of), $"The seal of {of:yyyy-MM-dd} for tenant {tenant} in the database is not the one in the file beside the key: the day was removed or rewritten.");
                }
            }

            return null;
        }

        public async Task<AuditFault?> HeadsAsync(DateOnly? day, IReadOnlyList<(int Tenant, long Number, string Hash)> heads, CancellationToken ct)
        {
            foreach (var (tenant, number, hash) in heads)
            {
                var found = (await AuditRecords.SegmentsAsync(connection, tenant, number - 1, null, ct)).FirstOrDefault().Segment;
                if (found is null || found.Number != number || Convert.ToHexStringLower(found.Hash) != hash)
                {
                    return new AuditFault(null, day is { } of ? Begin(of) : null, $"Segment {number} of tenant {tenant}, which the file beside the key has, is missing or another one: the end of the chain was cut off or rewritten.");
                }
            }

            return null;
        }

        /// <summary>The newest rows, which no segment has yet, and rows that are in no segment's place.</summary>
        public async Task<AuditFault?> OpenAsync(CancellationToken ct)
        {
            var watermark = ends.Count == 0 ? 0 : ends.Values.Max();
            foreach (var tenant in ends.Keys)
            {
                if ((await AuditRows.RangeAsync(connection, tenant, ends[tenant], watermark, ct)).FirstOrDefault().Row is { } late)
                {
                    return new AuditFault(late.Id, late.At, "The row was inserted afterwards: the chain does not have it.");
                }

                foreach (var (row, mac) in await AuditRows.RangeAsync(connection, tenant, watermark, ulong.MaxValue >> 1, ct))
                {
                    Checked++;
                    Open++;
                    if (!Same(row.Mac(key), mac))
                    {
                        return new AuditFault(row.Id, row.At, "The row was not written by Salus, or was changed.");
                    }
                }
            }

            return await AuditRows.AheadAsync(connection, ct) is { } ahead ? new AuditFault(ahead.Id, ahead.At, "The row bears a transaction that has not been yet: it was not written by Salus.") : null;
        }

        private bool Fits(AuditSeal seal, DateOnly? day) =>
            (day is not null && day != seal.Day) || (days.TryGetValue((seal.Tenant, seal.Day), out var found) && found.Entries == seal.Entries && found.Last == seal.Last && Same(found.Hash, seal.Hash));

        private bool IsDropped(DateTimeOffset at) => dropped.Exists(d => at >= d.Low && at < d.High);

        private static DateTimeOffset Begin(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));

        // RFC 9562, section 5.7: the first 48 bits are milliseconds.
        private static DateTimeOffset Time(Guid id)
        {
            var bytes = id.ToByteArray(bigEndian: true);
            long milliseconds = 0;
            foreach (var part in bytes.AsSpan(0, 6))
            {
                milliseconds = (milliseconds << 8) | part;
            }

            return milliseconds < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : DateTimeOffset.MaxValue;
        }

        private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => CryptographicOperations.FixedTimeEquals(a, b);
    }
}
