using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Views;

/// <summary>Answers official tests in process: resources in, rows out.</summary>
public static class ProcessRunner
{
    public static ViewAnswer Run(ViewSuite suite, ViewTest test, FhirDefinitions definitions)
    {
        if (!View.TryCompile(test.View, definitions, out var view, out var issues))
        {
            return ViewAnswer.Refused(string.Join("; ", issues.Select(i => $"{i.Path}: {i.Message}")));
        }

        var (run, writer) = (view.Start(), RowWriter.Create(RowFormat.Ndjson, view));
        writer.Begin();
        foreach (var resource in suite.Resources)
        {
            if (!ResourceReader.TryRead(Encoding.UTF8.GetBytes(resource), definitions, out var document, out var issue) || !run.TryAdd(document.Root, writer, out issue))
            {
                return ViewAnswer.Refused($"{issue.Path}: {issue.Message}");
            }
        }

        writer.End();
        return ViewAnswer.Of(view, writer.Pending.Span);
    }
}
