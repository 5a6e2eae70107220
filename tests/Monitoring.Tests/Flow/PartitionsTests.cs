using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Tests.Flow;

public sealed class PartitionsTests
{
    // Stored, and agreed on by processes of different versions.
    [Theory]
    [InlineData(1, "p1")]
    [InlineData(1, "01890000-0000-7000-8000-000000000001")]
    [InlineData(2, "p1")]
    public void A_patient_keeps_the_partition(int tenant, string patient) => Assert.Equal(Expected(tenant, patient), Partitions.Of(new Tenant(tenant), patient));

    [Fact]
    public void Patients_spread_over_all_partitions()
    {
        var counts = new int[Partitions.Count];
        for (var i = 0; i < 6400; i++)
        {
            counts[Partitions.Of(Tenant.Default, $"patient-{i}")]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 50, 160));
    }

    // FNV-1a as published (http://www.isthe.com/chongo/tech/comp/fnv/), written the long way.
    private static int Expected(int tenant, string patient)
    {
        ulong hash = 2166136261;
        foreach (var one in (byte[])[.. BitConverter.GetBytes(tenant), .. System.Text.Encoding.UTF8.GetBytes(patient)])
        {
            hash = (hash ^ one) * 16777619 % 4294967296;
        }

        return (int)((hash ^ (hash / 65536)) % 64);
    }
}
