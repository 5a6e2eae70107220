using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Salus.Kernel;

/// <summary>Reads an options class from configuration, and says in one line what is wrong with it.</summary>
public static class ConfiguredOptions
{
    /// <summary>
    /// Registers <typeparamref name="T"/> (as itself and as <see cref="IOptions{T}"/>), read from <paramref name="section"/> when it is first
    /// asked for. <see cref="KernelStartup"/> asks for all of them before anything else starts.
    /// </summary>
    public static IServiceCollection AddConfigured<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class, new()
    {
        services.AddSingleton(_ => Read<T>(configuration, section));
        services.AddSingleton(provider => Options.Create(provider.GetRequiredService<T>()));
        services.AddSingleton(new RequiredOptions(provider => provider.GetRequiredService<T>()));
        return services.AddKnown<T>(configuration, section);
    }

    /// <summary>
    /// Tells that <typeparamref name="T"/> is read from <paramref name="section"/> somewhere else, or by another command of the same program, so that the
    /// start does not refuse its keys as unknown.
    /// </summary>
    public static IServiceCollection AddKnown<T>(this IServiceCollection services, IConfiguration configuration, string section) =>
        services.AddSingleton(new KnownOptions(configuration, section, typeof(T)));

    /// <summary>The options of a section, bound and checked against their data annotations.</summary>
    /// <exception cref="CannotStartException">A value is wrong: the message names the key, the value, the reason and the way out.</exception>
    public static T Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var source = configuration.GetSection(section);
        RefuseUnreadable<T>(source);
        var options = source.Get<T>() ?? new T();
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true))
        {
            throw Refusal(section, options, results[0]);
        }

        return options;
    }

    // The binder's own message for "abc" as a number names types of .NET instead of a way out.
    private static void RefuseUnreadable<T>(IConfigurationSection source)
    {
        foreach (var property in typeof(T).GetProperties())
        {
            var text = source[property.Name];
            if (text is null || property.SetMethod is null)
            {
                continue;
            }

            // The binder would pass over it in silence.
            if (property.PropertyType.IsArray && text.Length > 0)
            {
                throw new CannotStartException($"{source.Path}:{property.Name} is '{text}', but it has to be a list: one variable {source.Path.Replace(":", "__", StringComparison.Ordinal)}__{property.Name}__0, __1 and so on for each, or an array in appsettings.json.");
            }

            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var converter = System.ComponentModel.TypeDescriptor.GetConverter(type);
            try
            {
                if (type != typeof(string) && converter.CanConvertFrom(typeof(string)))
                {
                    converter.ConvertFromInvariantString(text);
                }
            }
            catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or OverflowException)
            {
                throw new CannotStartException(Line(source.Path, property, text, $"it has to be {Described(type)}", property.GetCustomAttribute<RangeAttribute>()), e);
            }
        }
    }

    private static CannotStartException Refusal<T>(string section, T options, ValidationResult result)
    {
        var property = typeof(T).GetProperty(result.MemberNames.FirstOrDefault() ?? "");
        if (property is null)
        {
            return new CannotStartException($"{section}: {result.ErrorMessage}");
        }

        var range = property.GetCustomAttribute<RangeAttribute>();
        var reason = range is null ? (result.ErrorMessage ?? "it is not valid") : $"it has to be from {range.Minimum} to {range.Maximum}";
        return new CannotStartException(Line(section, property, property.GetValue(options), reason, null));
    }

    private static string Line(string section, PropertyInfo property, object? value, string reason, RangeAttribute? range)
    {
        var key = $"{section}:{property.Name}";
        var bounds = range is null ? "" : $" from {range.Minimum} to {range.Maximum}";
        var variable = key.Replace(":", "__", StringComparison.Ordinal);
        var shown = property.IsDefined(typeof(SecretAttribute)) ? "(not shown)" : string.Create(CultureInfo.InvariantCulture, $"{value}");
        return $"{key} is '{shown}', but {reason}{bounds}. Change it (appsettings.json, --{key}=..., or the variable {variable}) or leave it out.";
    }

    private static string Described(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a duration such as 00:05:00",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(double) || type == typeof(decimal) || type == typeof(float) => "a number",
        _ when type.IsPrimitive => "a whole number",
        _ => $"a {type.Name}",
    };
}

/// <summary>Options that have to be valid before anything starts.</summary>
internal sealed record RequiredOptions(Func<IServiceProvider, object> Read);
