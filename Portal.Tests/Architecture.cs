
namespace Portal.Tests;

/// <summary>The rules of docs/architecture.md that a compiler does not check.</summary>
public class Architecture
{
}
