namespace Salus.Kernel;

/// <summary>The key that protects keys, section <c>Salus:Keys</c>.</summary>
public sealed class MasterKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Salus:Keys";

    /// <summary>
    /// 32 random bytes as base64 (<c>openssl rand -base64 32</c>). All processes of one database need the same. Default: made at the first start, in
    /// <c>master.key</c> of the data folder.
    /// </summary>
    [Secret]
    public string? Master { get; set; }

    /// <summary>A file that holds <see cref="Master"/>.</summary>
    public string? MasterFile { get; set; }

    /// <summary>Files with earlier master keys: what they protect can still be read. Default none.</summary>
    public string[] PreviousFiles { get; set; } = [];
}
