namespace Salus.Kernel.Tests;

/// <summary>A test of what only root meets; skipped, and said so, for everybody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>Skips unless root.</summary>
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root: Salus changes accounts only then";
        }
    }
}
