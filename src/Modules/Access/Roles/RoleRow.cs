using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>One row of the table of permissions.</summary>
/// <param name="Roles">For whom.</param>
/// <param name="Resources">Types and groups of types, as written.</param>
/// <param name="Types">The types that these are.</param>
/// <param name="Allows">What they may do.</param>
/// <param name="Condition">With which of them.</param>
/// <param name="Clearance">The highest label that it opens.</param>
/// <param name="Why">A remark, or an empty text.</param>
internal sealed record RoleRow(
    IReadOnlyList<string> Roles, string Resources, IReadOnlyList<string> Types, Interactions Allows, RowCondition Condition, Confidentiality Clearance, string Why);

/// <summary>The conditions of the table; <c>permissions.txt</c> says what each means.</summary>
internal enum RowCondition
{
    All,
    Care,
    Own,
    Study,
    Named,
}

/// <summary>A name of the table with what it stands for.</summary>
internal sealed record Described(string Name, string Description);

/// <summary>A group of resource types.</summary>
internal sealed record TypeGroup(string Name, IReadOnlyList<string> Types);
