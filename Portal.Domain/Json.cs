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
    /// <summary>camelCase, enums by name; a <c>jsonb</c> column keeps properties in an order of its own, so the type may stand anywhere.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() }, AllowOutOfOrderMetadataProperties = true };

    /// <summary>Keeps the property's value as one document; it is replaced whole, never altered inside.</summary>
    internal static PropertyBuilder IsDocument<T>(this PropertyBuilder property) where T : class =>
        property.HasConversion(new ValueConverter<T, string>(value => Write(value), text => Read<T>(text)),
                new ValueComparer<T>((a, b) => Write(a) == Write(b), value => Write(value).GetHashCode(StringComparison.Ordinal), value => value))
            .HasColumnType("jsonb");

    static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    static T Read<T>(string text) where T : class =>
        JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
}
