using System.CommandLine;

namespace Salus.Host.Commands;

/// <summary><c>salus views</c>: SQL on FHIR v2 on files.</summary>
internal static class ViewsCommand
{
    public static Command Build()
    {
        var command = new Command("views", "Tables out of FHIR files by view definitions (SQL on FHIR v2), and the official tests of them.");
        command.Subcommands.Add(ViewsRunCommand.Build());
        command.Subcommands.Add(ViewsTestCommand.Build());
        return command;
    }
}
