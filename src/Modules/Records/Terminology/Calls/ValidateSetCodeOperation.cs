using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Store;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Calls;

/// <summary>ValueSet/$validate-code (http://hl7.org/fhir/R4/valueset-operation-validate-code.html).</summary>
internal sealed class ValidateSetCodeOperation(Terminologies terminologies, NamedResource named) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("validate-code", "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code", OperationLevels.Type | OperationLevels.Instance)
        {
            Types = ["ValueSet"],
            Parameters =
            [
                new("url", "uri"), new("valueSet", "ValueSet") { IsResource = true }, new("valueSetVersion", "string"), new("code", "code"), new("system", "uri"),
                new("systemVersion", "string"), new("display", "string"), new("coding", "Coding"), new("codeableConcept", "CodeableConcept"), new("abstract", "boolean"),
                new("displayLanguage", "code"),
            ],
        };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var codes = CodeInput.Read("validate-code", call.Parameters);
        if (codes.Failed(out var failure))
        {
            return failure;
        }

        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var found = await named.ValueSetAsync(call, view);
        if (found.Failed(out failure))
        {
            return failure;
        }

        var answers = new List<Outcome<Verdict>>();
        foreach (var code in codes.Value)
        {
            var verdict = await JudgeAsync(found.Value.Set, code, view, call);
            if (!verdict.Failed(out _) && verdict.Value.Result)
            {
                return verdict.Value.ToReply();
            }

            answers.Add(verdict);
        }

        // What is not known here might have held.
        return answers.FirstOrDefault(a => a.Failed(out _)).Failed(out failure) ? failure : answers[0].Value.ToReply();
    }

    private static async Task<Outcome<Verdict>> JudgeAsync(ValueSet set, GivenCode code, TerminologyView view, OperationCall call)
    {
        var membership = new Membership(view, call.Stop);
        var answer = await membership.OfAsync(set, code.System, code.Version, code.Code);
        if (answer == CodeAnswer.Unknown)
        {
            return membership.Reason!;
        }

        var system = code.System is null ? null : await view.SystemAsync(code.System, code.Version, call.Stop) is var found && found.Failed(out _) ? null : found.Value;
        var place = system?.Find(code.Code) ?? -1;
        if (answer == CodeAnswer.No)
        {
            var missing = system is { IsComplete: true } && place < 0 ? $"There is no code '{code.Code}' in {system.Header.Canonical}. " : "";
            return new Verdict(false, $"{missing}'{code.Code}' of {code.System ?? "no system"} is not in the value set {set.Canonical}.", null);
        }

        return place >= 0
            ? Verdict.OfConcept(system!, place, code, call.Parameters.Flag("abstract"), call.Parameters.Text("displayLanguage"))
            : new Verdict(true, null, set.Includes.SelectMany(i => i.Concepts).Concat(set.Expansion ?? []).FirstOrDefault(c => c.Code == code.Code && c.System == code.System)?.Display);
    }
}
