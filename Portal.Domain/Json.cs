using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Portal.Domain;

/// <summary>Documents inside a row (<c>jsonb</c>): written and read one way everywhere.</summary>
public static class Json
{
    /// <summary>camelCase, enums by name.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Keeps the property's value as one document; it is replaced whole, never altered inside.</summary>
    internal static PropertyBuilder IsDocument<T>(this PropertyBuilder property) where T : class =>
        property.HasConversion(new ValueConverter<T, string>(value => Write(value), text => Read<T>(text)),
                new ValueComparer<T>((a, b) => Write(a) == Write(b), value => Write(value).GetHashCode(StringComparison.Ordinal), value => value))
            .HasColumnType("jsonb");

    static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    static T Read<T>(string text) where T : class =>
        JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
}
