namespace Salus.Kernel.Tests;

public sealed class KeptTests
{
    [Fact]
    public void It_forgets_all_when_it_is_full_and_never_holds_more()
    {
        var kept = new Kept<int, string>(3);
        for (var i = 0; i < 3; i++)
        {
            kept.Set(i, $"{i}");
        }

        Assert.True(kept.TryGet(0, out var first));
        Assert.Equal("0", first);
        Assert.Equal("made", kept.GetOrAdd(3, _ => "made"));
        Assert.False(kept.TryGet(0, out _));
        Assert.Equal(1, kept.Count);
    }

    [Fact]
    public void What_is_kept_is_not_made_again_and_what_is_forgotten_is()
    {
        var kept = new Kept<string, object>(10, StringComparer.OrdinalIgnoreCase);
        var made = kept.GetOrAdd("a", _ => new object());
        Assert.Same(made, kept.GetOrAdd("A", _ => new object()));
        kept.Forget("a");
        Assert.NotSame(made, kept.GetOrAdd("a", _ => new object()));
        kept.Forget();
        Assert.Equal(0, kept.Count);
    }
}
