using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Functions that need terminology or profiles (http://hl7.org/fhir/R4/fhirpath.html#functions): the caller supplies them.</summary>
internal static partial class PathFunctions
{
    private static void AddOutside(Dictionary<string, PathFunction> all)
    {
        all["memberOf"] = Condition(1, static call => MemberOf(call)) with { ArgumentsTake = Kinds.String, AsksTerminology = true };
        all["subsumes"] = Condition(1, static call => Subsumption(call, "subsumes", reversed: false)) with { AsksTerminology = true };
        all["subsumedBy"] = Condition(1, static call => Subsumption(call, "subsumedBy", reversed: true)) with { AsksTerminology = true };
        all["conformsTo"] = Condition(1, static call => ConformsTo(call)) with { ArgumentsTake = Kinds.String };
    }

    private static PathFault Lacks(in PathCall call, string name, string what) =>
        new($"{name}() needs {what}, and none was supplied", call.Position, PathErrorKind.NotSupplied);

    private static bool? MemberOf(in PathCall call)
    {
        var item = Singleton.Only(call.Input, call.Position);
        if (item.Kind == PathKind.None || StringArguments(call, "memberOf", 1) is not [var valueSet])
        {
            return null;
        }

        var ask = call.Scope.Outside.MemberOf ?? throw Lacks(call, "memberOf", "a terminology");
        var found = false;
        foreach (var code in Codes(call, "memberOf", item))
        {
            call.Scope.Charge(1, call.Position);
            found |= ask(code, valueSet) ?? throw new PathFault($"The value set {valueSet} is not known", call.Position);
        }

        return found;
    }

    private static bool? Subsumption(in PathCall call, string name, bool reversed)
    {
        var item = Singleton.Only(call.Input, call.Position);
        var values = call.Scope.Rent();
        call.Arguments[0].Evaluate(call.Scope, values);
        var other = Singleton.Only(values, call.Position);
        call.Scope.Return(values);
        if (item.Kind == PathKind.None || other.Kind == PathKind.None)
        {
            return null;
        }

        var found = false;
        foreach (var one in Codes(call, name, item))
        {
            foreach (var two in Codes(call, name, other))
            {
                call.Scope.Charge(1, call.Position);
                found = found || Subsumes(call, name, reversed ? two : one, reversed ? one : two);
            }
        }

        return found;
    }

    private static bool Subsumes(in PathCall call, string name, PathCode general, PathCode special)
    {
        if (general.System == special.System && general.Code == special.Code)
        {
            return true;
        }

        var ask = call.Scope.Outside.Subsumes ?? throw Lacks(call, name, "a terminology");
        return ask(general, special) ?? throw new PathFault($"It is not known how {general.System}|{general.Code} and {special.System}|{special.Code} are related", call.Position);
    }

    private static List<PathCode> Codes(in PathCall call, string name, in PathValue item)
    {
        var value = call.Read(item);
        switch (value.Kind)
        {
            case PathKind.String:
                // A code element has its system from the list that it is bound to.
                var system = item.Kind == PathKind.Element ? item.Element.Definition?.Codes?.System(item.Element.Text) : null;
                return [new PathCode(system, null, value.Text)];
            case PathKind.Element when value.Element.Type is { } type && type.Is("Coding"):
                return Coding(value.Element) is { } coding ? [coding] : [];
            case PathKind.Element when value.Element.Type is { } type && type.Is("CodeableConcept"):
                var codes = new List<PathCode>();
                foreach (var each in value.Element.Named("coding"))
                {
                    if (Coding(each) is { } known)
                    {
                        codes.Add(known);
                    }
                }

                return codes;
            default:
                throw call.Unfit(name, value);
        }
    }

    private static PathCode? Coding(Element coding) => coding.Child("code"u8).AsString() is { } code
        ? new PathCode(coding.Child("system"u8).AsString(), coding.Child("version"u8).AsString(), code)
        : null;

    private static bool? ConformsTo(in PathCall call)
    {
        var item = Singleton.Only(call.Input, call.Position);
        if (item.Kind == PathKind.None || StringArguments(call, "conformsTo", 1) is not [var profile])
        {
            return null;
        }

        var ask = call.Scope.Outside.ConformsTo ?? throw Lacks(call, "conformsTo", "a validator");
        call.Scope.Charge(100, call.Position);
        return item.Kind != PathKind.Element
            ? throw call.Unfit("conformsTo", item)
            : ask(item.Element, profile) ?? throw new PathFault($"The profile {profile} is not known", call.Position);
    }
}
