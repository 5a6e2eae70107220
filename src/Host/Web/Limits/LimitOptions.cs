using System.ComponentModel.DataAnnotations;

namespace Salus.Host.Web.Limits;

/// <summary>How often and how long, section <c>Salus:Limits</c>. Of each number, 0 sets no limit.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Salus:Limits";

    /// <summary>Requests a minute from one address (IPv6: one /64) to what takes passwords, codes and tokens: sign-in, one-time links, authorize, token. Default 100.</summary>
    [Range(0, 1_000_000)]
    public int InteractivePerMinute { get; set; } = 100;

    /// <summary>Requests a minute from one address that name nobody, to everything else but the files of the pages. Only where sign-in is on. Default 6,000.</summary>
    [Range(0, 10_000_000)]
    public int AnonymousPerMinute { get; set; } = 6_000;

    /// <summary>Requests a minute of one user, through all their sessions and apps together. Default 12,000: more than a person makes, less than harms others.</summary>
    [Range(0, 10_000_000)]
    public int UserPerMinute { get; set; } = 12_000;

    /// <summary>Requests a minute of one app that acts by itself, and of one sender of device data. Default 600,000, more than two cores answer: a bulk load is not slowed down.</summary>
    [Range(0, 100_000_000)]
    public int ClientPerMinute { get; set; } = 600_000;

    /// <summary>Seconds for a request below <c>/access</c>, <c>/oauth</c> and <c>/.well-known</c>. Default 30.</summary>
    [Range(0, 3_600)]
    public int AccessSeconds { get; set; } = 30;

    /// <summary>Seconds for a request below <c>/admin</c>, downloads and checks of the audit trail excepted. Default 120.</summary>
    [Range(0, 3_600)]
    public int AdminSeconds { get; set; } = 120;

    /// <summary>The largest body below <c>/access</c>, <c>/oauth</c> and <c>/admin/access</c>, in bytes. Default 262,144.</summary>
    [Range(1_024, 10_000_000)]
    public int AccessBodyBytes { get; set; } = 256 * 1024;
}
