using System.Text.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Views;

/// <summary>Reads the JSON of a ViewDefinition and notes everything that breaks its structure. What its paths mean is left to <see cref="ViewCompiler"/>.</summary>
internal sealed class ViewReader
{
    /// <summary>A view with more is a mistake, and would make rows that no database takes.</summary>
    private const int MostSelects = 1000;

    private static readonly string[] RootElements =
    [
        "resourceType", "resource", "name", "url", "status", "title", "version", "select", "where", "constant", "fhirVersion", "profile", "identifier", "experimental", "description",
        "date", "publisher", "contact", "useContext", "jurisdiction", "purpose", "copyright", "copyrightLabel", "approvalDate", "lastReviewDate", "effectivePeriod",
        "versionAlgorithmString", "versionAlgorithmCoding", "meta", "implicitRules", "language", "text", "contained",
    ];

    /// <summary>Those of all branches of unions counted.</summary>
    private const int MostColumns = 5000;

    /// <summary>The most characters of all paths together: compiling takes time for each name in them.</summary>
    private const int MostPathText = 256 * 1024;

    private readonly JsonNodes nodes;
    private int selects;
    private int columnCount;
    private int pathText;

    private ViewReader(List<Issue> issues) => nodes = new JsonNodes(issues);

    /// <summary>What could be read; complete only when no issue was added.</summary>
    internal static ViewDefinition Read(JsonElement root, List<Issue> issues) => new ViewReader(issues).Read(root);

    private ViewDefinition Read(JsonElement root)
    {
        const string Place = "ViewDefinition";
        if (root.ValueKind != JsonValueKind.Object)
        {
            nodes.Wrong(Place, $"A ViewDefinition is a JSON object, not {JsonNodes.Kind(root)}.");
            return new ViewDefinition();
        }

        nodes.OnlyKnown(root, Place, RootElements);
        if (nodes.Text(root, "resourceType", Place) is { } type && type != "ViewDefinition" && !type.EndsWith("/ViewDefinition", StringComparison.Ordinal))
        {
            nodes.Wrong($"{Place}.resourceType", $"This is a resource of the type '{JsonNodes.Shorten(type)}', not a ViewDefinition.");
        }

        var status = nodes.Text(root, "status", Place);
        if (status is not (null or "draft" or "active" or "retired" or "unknown"))
        {
            nodes.Wrong($"{Place}.status", $"The status '{JsonNodes.Shorten(status)}' is not one of draft, active, retired, unknown.", "code-invalid");
        }

        return new ViewDefinition
        {
            Name = nodes.Name(root, Place, required: false),
            Url = nodes.Text(root, "url", Place),
            Status = status,
            Resource = nodes.Text(root, "resource", Place, required: true) ?? "",
            Constants = ViewConstants.Read(root, nodes),
            Selects = Selects(root, "select", Place, required: true),
            Where = Where(root, Place),
        };
    }

    private List<PathText> Where(JsonElement root, string place)
    {
        var conditions = new List<PathText>();
        foreach (var (where, at) in nodes.Objects(root, "where", place))
        {
            nodes.OnlyKnown(where, at, "path", "description");
            if (Path(where, "path", at, required: true) is { } path)
            {
                conditions.Add(new PathText($"{at}.path", path));
            }
        }

        return conditions;
    }

    private List<ViewSelect> Selects(JsonElement owner, string name, string place, bool required = false)
    {
        var read = new List<ViewSelect>();
        foreach (var (select, at) in nodes.Objects(owner, name, place))
        {
            if (++selects > MostSelects)
            {
                nodes.Wrong(at, $"The view has more than {MostSelects} selects. Part it into several views.", "too-costly");
                break;
            }

            read.Add(Select(select, at));
        }

        if (required && read.Count == 0)
        {
            nodes.Wrong($"{place}.{name}", $"'{name}' is missing or empty: a view selects something.", "required");
        }

        return read;
    }

    private ViewSelect Select(JsonElement select, string place)
    {
        nodes.OnlyKnown(select, place, "column", "select", "forEach", "forEachOrNull", "repeat", "unionAll");
        var (iteration, iterated) = Iterated(select, place);
        var read = new ViewSelect(place)
        {
            Iteration = iteration,
            Iterated = iterated,
            Columns = Columns(select, place),
            Selects = Selects(select, "select", place),
            Unions = Selects(select, "unionAll", place),
        };
        if (read.Columns.Count + read.Selects.Count + read.Unions.Count == 0)
        {
            nodes.Wrong(place, "The select gives no column: add column, select or unionAll to it.", "required");
        }

        return read;
    }

    private (Iteration Iteration, List<PathText> Paths) Iterated(JsonElement select, string place)
    {
        var iteration = Iteration.None;
        var paths = new List<PathText>();
        var count = 0;
        foreach (var (name, kind) in (ReadOnlySpan<(string, Iteration)>)[("forEach", Iteration.ForEach), ("forEachOrNull", Iteration.ForEachOrNull)])
        {
            if (select.TryGetProperty(name, out _))
            {
                count++;
                if (Path(select, name, place, required: false) is { } path)
                {
                    iteration = kind;
                    paths.Add(new PathText($"{place}.{name}", path));
                }
            }
        }

        if (select.TryGetProperty("repeat", out _))
        {
            count++;
            iteration = Iteration.Repeat;
            foreach (var (item, at) in nodes.Items(select, "repeat", place))
            {
                if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } path)
                {
                    Count(path, at);
                    paths.Add(new PathText(at, path));
                }
                else
                {
                    nodes.Wrong(at, $"This is {JsonNodes.Kind(item)}; 'repeat' holds FHIRPath expressions.");
                }
            }

            if (paths.Count == 0)
            {
                nodes.Wrong($"{place}.repeat", "'repeat' is empty: it takes the paths to follow.", "required");
            }
        }

        if (count > 1)
        {
            nodes.Wrong(place, "A select has at most one of forEach, forEachOrNull and repeat. Nest a select for the second.");
        }

        return (iteration, paths);
    }

    private List<DefinedColumn> Columns(JsonElement select, string place)
    {
        var columns = new List<DefinedColumn>();
        foreach (var (column, at) in nodes.Objects(select, "column", place))
        {
            if (++columnCount > MostColumns)
            {
                nodes.Wrong(at, $"The view has more than {MostColumns} columns. Part it into several views.", "too-costly");
                break;
            }

            nodes.OnlyKnown(column, at, "name", "path", "type", "collection", "description", "tag", "tags");
            var name = nodes.Name(column, at, required: true);
            var path = Path(column, "path", at, required: true);
            var type = nodes.Text(column, "type", at);
            var collection = nodes.Boolean(column, "collection", at);
            var sqlType = SqlType(column, at);
            if (name is not null && path is not null)
            {
                columns.Add(new DefinedColumn(at, name, new PathText($"{at}.path", path), type, sqlType, collection));
            }
        }

        return columns;
    }

    private string? Path(JsonElement owner, string name, string place, bool required)
    {
        var path = nodes.Text(owner, name, place, required);
        return path is null || Count(path, $"{place}.{name}") ? path : null;
    }

    private bool Count(string path, string place)
    {
        var before = pathText;
        pathText += Math.Min(path.Length, MostPathText) + 1;
        if (pathText > MostPathText && before <= MostPathText)
        {
            nodes.Wrong(place, $"The paths of the view have more than {MostPathText} characters. Part it into several views.", "too-costly");
        }

        return pathText <= MostPathText;
    }

    private string? SqlType(JsonElement column, string place)
    {
        string? found = null;
        foreach (var property in (ReadOnlySpan<string>)["tag", "tags"])
        {
            foreach (var (tag, at) in nodes.Objects(column, property, place))
            {
                var name = nodes.Text(tag, "name", at, required: true);
                var value = nodes.Text(tag, "value", at, required: true);
                found = name == "ansi/type" ? value : found;
            }
        }

        return found;
    }
}
