namespace Salus.Kernel;

/// <summary>Secrets come from the environment or from files that nobody else may read.</summary>
public static class SecretText
{
    /// <summary>The value, or what the file holds, without white space around it; null when neither is set.</summary>
    /// <param name="key">The setting, such as <c>Salus:Tls:Password</c>; the one for a file ends with <c>File</c>.</param>
    /// <param name="value">What the setting itself says.</param>
    /// <param name="file">The path of a file.</param>
    /// <exception cref="CannotStartException">Both are set, or the file cannot be used; the message never holds the secret.</exception>
    public static string? Read(string key, string? value, string? file)
    {
        if (string.IsNullOrEmpty(file))
        {
            return string.IsNullOrEmpty(value) ? null : value.Trim();
        }

        if (!string.IsNullOrEmpty(value))
        {
            throw new CannotStartException($"{key} and {key}File are both set. Leave one of them out.");
        }

        var text = System.Text.Encoding.UTF8.GetString(ReadFile($"{key}File", file)).Trim('\uFEFF', ' ', '\t', '\r', '\n');
        return text.Length > 0 ? text : throw new CannotStartException($"{key}File names {Path.GetFullPath(file)}, which is empty. Write the secret into it, or leave the setting out.");
    }

    /// <summary>The bytes of a file that holds a secret.</summary>
    /// <param name="key">The setting that names the file.</param>
    /// <param name="file">The path.</param>
    /// <exception cref="CannotStartException">It cannot be read, is too large, or others may read it.</exception>
    public static byte[] ReadFile(string key, string file)
    {
        var path = Path.GetFullPath(file);
        try
        {
            var bytes = PrivateFile.Read(path, out var open);
            return (open & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) == 0
                ? bytes
                : throw new CannotStartException($"{key} names {path}, which every account of this machine may read or write. Close it: chmod o-rw {path}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"{key} names {path}, which cannot be read: {e.Message} Correct the path, or let the account that Salus runs as read it.", e);
        }
    }
}
