using System.Text;
using Salus.Simulation.Course;
using Salus.Simulation.Json;
using Salus.Simulation.People;

namespace Salus.Simulation.Resources;

internal static class DocumentResource
{
    public static void Write(ElementWriter json, Person person, Note note)
    {
        var text = Encoding.UTF8.GetBytes(note.Text.ReplaceLineEndings("\n"));
        json.Text("status", "current");
        json.Text("docStatus", "final");
        json.Concept("type", note.Type.Concept());
        json.Reference("subject", person.Reference, person.Name.Full);
        json.Moment("date", note.Written);
        json.List("author", [note.Author], author => json.Target(author.Reference, author.Title));
        json.Reference("custodian", HospitalBundle.Organization, HospitalBundle.Name);
        json.Text("description", note.Title);
        json.Only("content", () => json.Element("attachment", () =>
        {
            json.Text("contentType", "text/plain; charset=utf-8");
            json.Text("data", Convert.ToBase64String(text));
            json.Number("size", text.Length);
            json.Text("title", note.Title);
            json.Moment("creation", note.Written);
        }));
        json.Element("context", () =>
        {
            json.References("encounter", note.Contact);
            json.Period("period", note.Written, note.Written);
        });
    }
}
