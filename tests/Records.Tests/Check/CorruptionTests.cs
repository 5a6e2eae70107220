namespace Salus.Records.Tests.Check;

/// <summary>Each kind of contradiction, made by SQL, is the first that the check names.</summary>
public sealed class CorruptionTests(QuietRecord record) : IClassFixture<QuietRecord>
{
    private const string Body = "update records.log set body = convert_to(regexp_replace(convert_from(body, 'utf8'), ";

    // The set of 'huber' and its parameter family.
    private const string OfFamily =
        "(select s.id, s.parameter from records.index_string x join records.parameter_set s on s.id = x.parameter join records.parameter p on p.id = s.parameter where x.key = 1 and x.value = 'huber' and p.code = 'family')";

    [Theory]
    // The log by position.
    [InlineData("delete from records.log where id = 'gone' and version = 2", "records.log, position 7: ", "after 5 is 7; it should be 6")]
    [InlineData("update records.log set at = at - interval '1 day' where position = 3", "records.log, position 3: its time is ", "should not be before")]
    [InlineData("update records.head set position = position + 1", "records.head, position ", "the last one of the log")]
    [InlineData("update records.head set at = at + interval '1 second'", "records.head, position ", "the time is ")]
    [InlineData("delete from records.head", "records.head: there is no row")]
    // The log by resource.
    [InlineData("update records.log set key = 1000000 where id = 'measured'", "records.log, position 4: the key of version 1 is 1000000; it should be 4")]
    [InlineData("update records.log set version = 7 where id = 'measured'", "position 4: the first version of key 4 is 7; it should be 1")]
    [InlineData("update records.log set version = 7 where id = 'twice' and version = 2", "Patient/twice, position 5: the version is 7; it should be 2")]
    [InlineData(
        "update records.log set version = 9 where id = 'back' and version = 2; update records.log set version = 2 where id = 'back' and version = 3; update records.log set version = 3 where id = 'back' and version = 9",
        "Patient/back, position 7: version 3 stands at position 7; it should stand after version 2, which is at 8")]
    [InlineData("update records.log set tenant = 2 where position = 5", "tenant 2, Patient/twice, position 5: ", "it should be of tenant 1, Patient/twice")]
    [InlineData("update records.log set id = 'else' where position = 5", "Patient/else, position 5: ", "it should be of tenant 1, Patient/twice")]
    [InlineData("update records.log set type = 999 where position = 5", "(type 999, which is none)/twice, position 5: ", "it should be of tenant 1, Patient/twice")]
    [InlineData("update records.log set operation = 1 where id = 'measured'", "position 4: the operation of version 1 is 1; it should be 0 (create)")]
    [InlineData("update records.log set operation = 0 where position = 5", "position 5: the operation of version 2 is 0; it should be 1 (update) or 2 (delete)")]
    [InlineData("update records.log set operation = 2, body = null where id = 'back' and version = 3", "position 8: version 3 is a deletion; it should not be, because version 2 is one")]
    [InlineData("update records.log set body = '\\x7b7d' where id = 'gone' and version = 2", "position 6: a deletion has a body of 2 bytes; it should have none")]
    [InlineData("update records.log set body = null where id = 'measured'", "position 4: there is no body; only a deletion should have none")]
    // Current versions.
    [InlineData("delete from records.current where id = 'measured'", "records.current, tenant 1, Observation/measured, position 4: there is no row of key 4; there should be one with version 1")]
    [InlineData("insert into records.current select 1000000, position, at, tenant, version, type, deleted, 'extra' from records.current where id = 'measured'", "records.current, tenant 1, Observation/extra", "key 1000000", "the log has no such key")]
    [InlineData("update records.current set position = 1 where id = 'twice'", "records.current, tenant 1, Patient/twice, position 1: the position is 1; it should be 5")]
    [InlineData("update records.current set version = 1 where id = 'twice'", "Patient/twice, position 5: the version is 1; it should be 2")]
    [InlineData("update records.current set at = at + interval '1 microsecond' where id = 'twice'", "Patient/twice, position 5: the time is ")]
    [InlineData("update records.current set tenant = 2 where id = 'twice'", "tenant 2, Patient/twice, position 5: the tenant is 2; it should be 1")]
    [InlineData("update records.current set type = (select id from records.resource_type where name = 'Basic') where id = 'twice'", "the type is Basic; it should be Patient")]
    [InlineData("update records.current set id = 'else' where id = 'twice'", "Patient/else, position 5: the id is else; it should be twice")]
    [InlineData("update records.current set deleted = true where id = 'twice'", "Patient/twice, position 5: the mark of deletion is True; it should be False")]
    [InlineData("update records.current set deleted = false where id = 'gone'", "Patient/gone, position 6: the mark of deletion is False; it should be True")]
    // Bodies.
    [InlineData("update records.log set body = substring(body for 40) where id = 'measured'", "records.log, tenant 1, Observation/measured, position 4: the body of version 1 cannot be read")]
    [InlineData(Body + "'Observation', 'Basic'), 'utf8') where id = 'measured'", "position 4: the body of version 1 is of type Basic; it should be of type Observation")]
    [InlineData(Body + "'\"id\":\"measured\"', '\"id\":\"other\"'), 'utf8') where id = 'measured'", "position 4: id in the body of version 1 is other; it should be measured")]
    [InlineData(Body + "'\"versionId\":\"1\"', '\"versionId\":\"2\"'), 'utf8') where id = 'measured'", "position 4: meta.versionId in the body of version 1 is 2; it should be 1")]
    [InlineData(Body + "'\"lastUpdated\":\"20', '\"lastUpdated\":\"21'), 'utf8') where id = 'measured'", "position 4: meta.lastUpdated in the body of version 1 is 21", "it should be 20")]
    // The index.
    [InlineData("update records.current set exact = ts_delete(exact, (tsvector_to_array(exact))[1]) where id = 'measured'", "records.current, tenant 1, Observation/measured, position 4: Observation.", "is not there; it should be")]
    [InlineData("update records.current set exact = exact || array_to_tsvector(array['0:zzz']) where id = 'measured'", "records.current, tenant 1, Observation/measured, position 4: there is parameter 0", "'zzz'; it should not be there")]
    [InlineData(Body + "'8867-4', '8867-5'), 'utf8') where id = 'measured'", "records.current, tenant 1, Observation/measured, position 4: there is Observation.", "'8867-4'", "there should be Observation.", "'8867-5'")]
    [InlineData("update records.current set exact = array_to_tsvector(array['0:zzz']) where id = 'gone'", "Patient/gone, position 6: there is ", "because the resource is deleted")]
    [InlineData("delete from records.index_string where ctid = (select min(ctid) from records.index_string where key = 1)", "records.index_string, tenant 1, Patient/twice, position 5: Patient.", "is not there; it should be")]
    [InlineData("update records.index_string set value = 'hubert' where key = 1 and value = 'huber'", "there is Patient.", "'hubert' ('Huber', tenant 1)", "there should be Patient.", "'huber' ('Huber', tenant 1)")]
    [InlineData("update records.index_string set original = 'HUBER' where key = 1 and value = 'huber'", "records.index_string", "'huber' ('HUBER', tenant 1)")]
    [InlineData("insert into records.index_string select * from records.index_string where key = 1 and value = 'ada' limit 1", "records.index_string", "'ada' ('Ada', tenant 1); it should not be there")]
    [InlineData("update records.index_string set tenant = 2 where key = 1 and value = 'huber'", "records.index_string", "'huber' ('Huber', tenant 2)")]
    [InlineData("delete from records.string_value where value = 'huber'", "records.string_value, tenant 1, Patient/twice, position 5: there is no row 'huber'; there should be one")]
    [InlineData("update records.string_value set value = 'hub' where value = 'huber'", "records.string_value, tenant 1, Patient/twice, position 5: there is no row 'huber'; there should be one")]
    [InlineData("delete from records.parameter_set where (id, parameter) = " + OfFamily, "records.parameter_set, tenant 1, Patient/twice, position 5: there is no set of Patient.", "Patient.family", "; there should be one")]
    [InlineData("insert into records.parameter_set select id, 0 from records.parameter_set where (id, parameter) = " + OfFamily, "records.parameter_set, tenant 1, Patient/twice, position 5: there is no set of Patient.")]
    [InlineData("update records.index_string set parameter = (select id from records.parameter where (resource_type, code) = ('Patient', 'family')) where key = 1 and value = 'huber'", "records.index_string, tenant 1, Patient/twice, position 5: there is Patient.family 'huber'", "there should be Patient.", "Patient.name")]
    [InlineData("update records.index_string set parameter = -1000 where key = 1 and value = 'huber'", "records.index_string, tenant 1, Patient/twice, position 5: there is parameter -1000, which is none,")]
    [InlineData("update records.index_date set low = low - 1 where key = 4", "records.index_date, tenant 1, Observation/measured, position 4: there is Observation.")]
    [InlineData("update records.index_date set parameter = 0 where key = 4", "records.index_date, tenant 1, Observation/measured, position 4: there is parameter 0")]
    [InlineData("update records.index_amount set high = 73 where key = 4", "records.index_amount, tenant 1, Observation/measured, position 4: there is Observation.", " to 73 ")]
    [InlineData("update records.index_amount set unit = null where key = 4", "records.index_amount", "unit none")]
    [InlineData("update records.index_amount set system = 0 where key = 4", "records.index_amount", "(system 0,")]
    [InlineData("update records.index_amount set high = 'NaN' where key = 4", "records.index_amount, tenant 1, Observation/measured, position 4")]
    [InlineData("update records.index_amount set high = 1e60 where key = 4", "records.index_amount, tenant 1, Observation/measured, position 4")]
    [InlineData("insert into records.index_date select tenant, parameter, 1000000, low, high from records.index_date where key = 4 limit 1", "records.index_date: there is a row of key 1000000; there should be none")]
    [InlineData("insert into records.index_date select tenant, parameter, 2, low, high from records.index_date where key = 4 limit 1", "records.index_date, tenant 1, Patient/gone, position 6: there is ", "because the resource is deleted")]
    [InlineData("update records.index_composite set low = 139", "records.index_composite, tenant 1, Observation/pressure", "'sys|0'", "from 139 to 140", "there should be", "from 140 to 140")]
    [InlineData("update records.index_composite set word = 'dia' || chr(31) || '0'", "records.index_composite", "'dia|0'")]
    [InlineData("update records.index_composite set rest = array['1:x']", "records.index_composite", "with '1:x'")]
    [InlineData("update records.index_composite set key = 1000000", "records.index_composite", "is not there; it should be")]
    [InlineData("delete from records.index_text", "records.index_text, tenant 1, Observation/pressure", "Observation._text", "is not there")]
    [InlineData("update records.index_text set digest = 'x'", "records.index_text, tenant 1, Observation/pressure", "digest x")]
    [InlineData("delete from records.code_system where uri = 'http://loinc.org'", "records.code_system", "there is no row for http://loinc.org")]
    // The feed.
    [InlineData("update records.feed_consumer set position = position + 1 where name = 'records.type-count'", "records.feed_consumer, position ", "the consumer records.type-count is at ", "the last position of the log")]
    [InlineData("update records.feed_consumer set position = 3", "records.type_count: the count of ", "as in the log up to position 3 of the consumer records.type-count")]
    [InlineData("update records.type_count set count = count + 1 where type = (select id from records.resource_type where name = 'Patient')", "records.type_count: the count of Patient in tenant 1 is ")]
    [InlineData("delete from records.type_count where type = (select id from records.resource_type where name = 'Patient')", "records.type_count: the count of Patient in tenant 1 is 0; it should be ")]
    public async Task A_contradiction_is_named(string sql, params string[] says)
    {
        try
        {
            await record.ExecuteAsync(sql);
            await NamedAsync(says);
        }
        finally
        {
            await record.RestoreAsync();
        }
    }

    [Fact]
    public async Task A_position_that_stands_twice_is_named()
    {
        try
        {
            await record.ExecuteAsync("alter table records.log drop constraint log_pkey; drop index records.log_version; insert into records.log select * from records.log where position = 3");
            await NamedAsync("records.log, position 3: the position stands there twice");
        }
        finally
        {
            await record.RestoreAsync();
            await record.ExecuteAsync("alter table records.log add primary key (position); create unique index log_version on records.log (key, version)");
        }
    }

    [Fact]
    public async Task Two_resources_of_one_name_are_named()
    {
        try
        {
            // A second Observation/measured, right in every other respect.
            await record.ExecuteAsync(
                """
                drop index records.current_id;
                insert into records.log
                select h.position + 1, h.position + 1, h.at, l.tenant, 1, l.type, 0, l.id, l.actor,
                       convert_to(regexp_replace(convert_from(l.body, 'utf8'), '"lastUpdated":"[^"]*"',
                                                 '"lastUpdated":"' || to_char(h.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'), 'utf8')
                from records.log l, records.head h where l.id = 'measured';
                insert into records.current
                select h.position + 1, h.position + 1, h.at, c.tenant, 1, c.type, false, c.id, c.exact from records.current c, records.head h where c.id = 'measured';
                insert into records.index_date select x.tenant, x.parameter, h.position + 1, x.low, x.high from records.index_date x, records.head h where x.key = 4;
                insert into records.index_amount
                select x.tenant, x.parameter, h.position + 1, x.system, x.code, x.unit, x.low, x.high from records.index_amount x, records.head h where x.key = 4;
                update records.head set position = position + 1
                """);
            await NamedAsync("records.current, tenant 1, Observation/measured, position ", "has the same tenant, type and id as key 4");
        }
        finally
        {
            await record.RestoreAsync();
            await record.ExecuteAsync("create unique index current_id on records.current (tenant, type, id)");
        }
    }

    [Fact]
    public async Task An_old_body_is_looked_at_when_asked_for()
    {
        try
        {
            await record.ExecuteAsync("update records.log set body = '\\x7b' where position = 1");
            Assert.Empty((await record.CheckAsync()).Differences);
            var difference = Assert.Single((await record.CheckAsync(allVersions: true)).Differences);
            Assert.StartsWith("records.log, tenant 1, Patient/twice, position 1: the body of version 1 cannot be read", difference.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            await record.RestoreAsync();
        }
    }

    [Fact]
    public async Task As_many_as_asked_for_are_listed()
    {
        try
        {
            await record.ExecuteAsync(
                """
                update records.log set at = at - interval '1 day' where position = 3;
                delete from records.index_amount where key = 4;
                update records.current set version = 9 where id = 'gone';
                update records.type_count set count = count + 1
                """);
            var all = await record.CheckAsync(most: 100);
            Assert.False(all.Stopped);
            foreach (var table in (string[])["records.log", "records.current", "records.index_amount", "records.type_count"])
            {
                Assert.Contains(all.Differences, d => d.Table == table);
            }

            var some = await record.CheckAsync(most: 2);
            Assert.True(some.Stopped);
            Assert.Equal(all.Differences.Take(2), some.Differences);
        }
        finally
        {
            await record.RestoreAsync();
        }
    }

    private async Task NamedAsync(params string[] says)
    {
        var report = await record.CheckAsync();
        var found = Assert.Single(report.Differences).ToString();
        Assert.True(report.Stopped);
        Assert.False(report.Clean);
        Assert.All(says, part => Assert.Contains(part, found, StringComparison.Ordinal));
    }
}
