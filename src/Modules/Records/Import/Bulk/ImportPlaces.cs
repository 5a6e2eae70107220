using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Jobs;

namespace Salus.Records.Import.Bulk;

/// <summary>
/// Where the inputs of an import may be: in the object store, in the files of an export of this server, and below the addresses that <see cref="RecordsOptions.ImportSources"/>
/// names. Nothing else is asked for over the network: a request must not make this server look into networks that only it can see.
/// </summary>
internal sealed class ImportPlaces(JobTable jobs, IOptions<RecordsOptions> options)
{
    /// <summary>Before the name of an object: <c>objects:NAME</c> is what lies in the store as <c>incoming/TENANT/NAME</c>.</summary>
    public const string ObjectScheme = "objects:";

    private const string Setting = "Salus:Records:ImportSources";

    private readonly AddressList sources = new(Setting, options.Value.ImportSources.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), anyPortOfLoopback: false);

    /// <summary>The name of the object that an input is, or null when it is to be fetched from its address; fails when it may not be read.</summary>
    /// <param name="place">The input, for messages.</param>
    /// <param name="address">The FHIR base as the client sees it.</param>
    public async Task<Outcome<string?>> ObjectAsync(Caller caller, string url, string place, string address, CancellationToken ct)
    {
        if (url.StartsWith(ObjectScheme, StringComparison.Ordinal))
        {
            var name = url[ObjectScheme.Length..];
            return IsName(name)
                ? FormattableString.Invariant($"incoming/{caller.Tenant.Number}/{name}")
                : new Failure(FailureKind.Invalid, "value", $"'{name}' is not the name of an object: letters, digits, '-', '_' and '.', with '/' between.", place);
        }

        if (url.StartsWith($"{address}/{JobStatus.Path}/", StringComparison.Ordinal))
        {
            return url[(address.Length + JobStatus.Path.Length + 2)..].Split('/') is [var id, var file] && await jobs.ObjectOfAsync(caller, id, file, ct) is { } found
                ? found
                : new Failure(FailureKind.Invalid, "not-found", $"'{url}' is not a file of an export that is done and has not expired.", place);
        }

        return Refuse(url) is { } reason ? new Failure(FailureKind.Forbidden, "forbidden", reason, place) : (Outcome<string?>)(string?)null;
    }

    /// <summary>Null, or why an address is not asked.</summary>
    public string? Refuse(string url)
    {
        if (url.Any(char.IsControl) || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return $"'{url}' is neither an http(s) address nor {ObjectScheme}NAME.";
        }

        if (uri.Fragment.Length > 0 || !AddressList.IsPlain(uri))
        {
            return $"'{url}' has a user, a fragment or an escaped separator; give a plain address.";
        }

        return sources.Covers(uri) ? null
            : $"'{url}' is not below an address that this server may import from. {(sources.IsEmpty ? "There is none: name it" : $"It may from {sources}; name more")} in {Setting}, or put the file into the object store and write {ObjectScheme}NAME.";
    }

    private static bool IsName(string name) => name.Split('/').All(p => p.Length > 0 && p[0] != '.' && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}
