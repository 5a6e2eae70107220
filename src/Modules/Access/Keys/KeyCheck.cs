using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.Extensions.Hosting;
using Salus.Kernel;

namespace Salus.Access.Keys;

/// <summary>Refuses to start with a master key that does not open the stored keys: the framework would make new ones in silence, and everybody would be signed out.</summary>
internal sealed class KeyCheck(KeyRepository repository, MasterKey master) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var sealedKey in repository.GetAllElements().SelectMany(e => e.Descendants(KeyEncryptor.Element)))
        {
            Check(sealedKey);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(XElement sealedKey)
    {
        var id = (string?)sealedKey.Attribute(KeyEncryptor.Id) ?? "";
        if (!master.Knows(id))
        {
            throw new CannotStartException(
                $"The keys in the database are sealed with the master key {id}; this server has {master.Id}. Give it the right one with Salus:Keys:MasterFile, "
                + "or name its file in Salus:Keys:PreviousFiles. Where it is lost, delete the rows of access.data_protection_key: everybody signs in anew.");
        }

        try
        {
            KeyEncryptor.Decrypt(sealedKey, master);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or System.Xml.XmlException)
        {
            throw new CannotStartException($"A key in access.data_protection_key was changed or damaged ({e.Message}) Delete its row: whoever is signed in by it signs in anew.", e);
        }
    }
}
