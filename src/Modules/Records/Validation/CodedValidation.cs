using Salus.Fhir;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Validation;
using Salus.Kernel;

namespace Salus.Records.Validation;

/// <summary>Validates, looks up the codes that were asked for, and validates again with the answers: so no thread waits, and what asks nothing costs nothing more.</summary>
internal sealed class CodedValidation(ResourceValidator validator, Vocabulary vocabulary)
{
    // What a slice is, can hang on a code, and with it what else is asked.
    private const int MostRounds = 3;

    /// <param name="first">The value sets that are asked before the terminology; null for none.</param>
    public async ValueTask<IReadOnlyList<Issue>> RunAsync(Tenant tenant, Element resource, ValidationRequest request, IValueSets? first, CancellationToken ct)
    {
        var codes = new AskedCodes(vocabulary, tenant, first);
        request = request with { ValueSets = codes };
        var issues = validator.Validate(resource, request);
        for (var round = 0; round < MostRounds && await codes.AnswerAsync(ct); round++)
        {
            issues = validator.Validate(resource, request);
        }

        return issues;
    }
}
