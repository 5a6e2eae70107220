namespace Salus.Fhir.Views;

/// <summary>Carries the reason why a resource makes no rows out of the steps of a view; never leaves this namespace.</summary>
internal sealed class ViewFault(string code, string place, string message) : Exception(message)
{
    internal Issue Issue => new(IssueSeverity.Error, code, Message, place);
}
