using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>Named values as libvirt passes them to and fro.</summary>
internal sealed unsafe class TypedParameters : IDisposable
{
    private NativeTypedParameter* _first;
    private int _count;
    private int _capacity;

    public NativeTypedParameter* Pointer => _first;

    public uint Count => (uint)_count;

    public void Add(string name, string value)
        => LibvirtError.Check(Native.virTypedParamsAddString(ref _first, ref _count, ref _capacity, name, value));

    public void Add(string name, ulong value)
        => LibvirtError.Check(Native.virTypedParamsAddULLong(ref _first, ref _count, ref _capacity, name, value));

    public void Add(string name, int value)
        => LibvirtError.Check(Native.virTypedParamsAddInt(ref _first, ref _count, ref _capacity, name, value));

    public void Dispose()
    {
        if (_first is not null)
            Native.virTypedParamsFree(_first, _count);
        _first = null;
    }

    /// <summary>Reads the numbers of a list libvirt owns; text is not among what the portal asks for.</summary>
    public static Dictionary<string, double> ReadNumbers(NativeTypedParameter* parameters, int count)
    {
        var numbers = new Dictionary<string, double>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var parameter = parameters + i;
            var name = Marshal.PtrToStringUTF8((nint)parameter->Field) ?? "";
            if (ReadNumber(parameter) is { } value)
                numbers[name] = value;
        }

        return numbers;
    }

    private static double? ReadNumber(NativeTypedParameter* parameter) => parameter->Type switch
    {
        1 => (int)parameter->Value,
        2 => (uint)parameter->Value,
        3 => (long)parameter->Value,
        4 => parameter->Value,
        5 => BitConverter.UInt64BitsToDouble(parameter->Value),
        6 => (byte)parameter->Value,
        _ => null,
    };
}
