using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;

namespace Salus.Records.Subscriptions.Operations;

/// <summary><c>$topic-list</c>: the canonical URLs of all topics.</summary>
internal sealed class TopicListOperation(FhirDefinitions definitions) : IOperation
{
    public OperationDefinition Definition { get; } = new(
        "topic-list", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscriptiontopic-list", OperationLevels.Type)
    {
        Types = ["Subscription"],
    };

    public Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        using var answer = new ParametersWriter();
        foreach (var topic in SubscriptionTopics.All(definitions))
        {
            answer.Text("subscription-topic-canonical", "canonical", topic);
        }

        return Task.FromResult<Outcome<Reply>>(answer.ToReply());
    }
}
