using System.Diagnostics.CodeAnalysis;

namespace Salus.Access.OAuth;

/// <summary>A value, or the error of OAuth why there is none.</summary>
internal readonly struct Answer<T>
{
    private readonly T? value;
    private readonly OAuthError? error;

    private Answer(T? value, OAuthError? error)
    {
        this.value = value;
        this.error = error;
    }

    public T Value => error is null ? value! : throw new InvalidOperationException($"No value: {error.Code}");

    public bool Failed([NotNullWhen(true)] out OAuthError? found)
    {
        found = error;
        return found is not null;
    }

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(OAuthError error) => new(default, error);
}
