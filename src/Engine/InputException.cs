namespace GemmaIlgpu.Engine;

/// <summary>
/// Something the caller chose cannot be done: an option out of its range, a prompt beyond the context, an unknown
/// device. The message is one sentence for the user.
/// </summary>
public sealed class InputException(string message) : ArgumentException(message);
