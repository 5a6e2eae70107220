namespace Salus.Faults.Tests.Support;

/// <summary>A test that imports published synthetic patients; skipped, with the reason, where they are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SyntheaFactAttribute : FactAttribute
{
    /// <summary>Skips without the data.</summary>
    public SyntheaFactAttribute()
    {
        if (SharedData.Find(SyntheaSample.Bundles) is null)
        {
            Skip = "There is no synthea folder; set SALUS_DATA to the folder that holds it.";
        }
    }
}
