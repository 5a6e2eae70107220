using Salus.DefinitionsCompiler;

if (args is not [var folder, var output, var terminologyOutput])
{
    Console.Error.WriteLine("usage: DefinitionsCompiler <folder of the R4 definitions> <output file> <output file of the terminology>");
    return 2;
}

var package = new R4Package(folder);
var corrections = new R4Corrections(package);
var compiler = new TypeCompiler(corrections);
var types = package.Resources("profiles-types.json", "StructureDefinition")
    .Concat(package.Resources("profiles-resources.json", "StructureDefinition"))
    .Where(definition => R4Corrections.IsR4(definition) && definition.Text("derivation") != "constraint")
    .SelectMany(compiler.Compile)
    .ToList();
var parameters = SearchParameterCompiler.Parameters(package);
var writer = new DefinitionsWriter();
var bytes = writer.Write(types, new ValueSetExpander(package), parameters, SearchParameterCompiler.PatientCompartment(package));
File.WriteAllBytes(output, bytes);
var (terminology, resources) = TerminologyWriter.Write(package);
File.WriteAllBytes(terminologyOutput, terminology);
Console.WriteLine(
    $"FHIR 4.0.1: {types.Count} types, {types.Sum(type => type.Elements.Count)} elements, {writer.CodeLists} closed code lists, {parameters.Count} search parameters in {bytes.Length} bytes; {resources} terminology resources in {terminology.Length} bytes");
return 0;
