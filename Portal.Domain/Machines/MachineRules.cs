namespace Portal.Domain.Machines;

/// <summary>What a machine's state allows; knows no database.</summary>
public static class MachineRules
{
    /// <summary>Why the power cannot be told this now; null when it can. Telling a machine what it does already is fine and does nothing.</summary>
    public static WrongState? Power(string name, MachineState state, PowerAction action) => state switch
    {
        MachineState.Running => null,
        MachineState.Off when action is PowerAction.Start or PowerAction.PowerOff or PowerAction.ShutDown => null,
        MachineState.Off => new(name, state, $"{name} is off, so there is nothing to reset.", "Start it instead."),
        MachineState.Failed => new(name, state, $"{name} is broken, so its power cannot be switched.", "Read why on its page; delete it and ask for a new one if it cannot be saved."),
        _ => NotSettled(name, state, "its power cannot be switched"),
    };

    /// <summary>Why it cannot be deleted now; null when it can.</summary>
    public static WrongState? Delete(string name, MachineState state) => state switch
    {
        MachineState.Running or MachineState.Off or MachineState.Failed => null,
        MachineState.Unknown => new(name, state, $"The host of {name} does not answer, so its disk cannot be removed.", "Wait until the host answers again, then delete it."),
        MachineState.Waiting => new(name, state, $"{name} does not exist yet: its request waits for a decision.", "Withdraw the request instead."),
        _ => NotSettled(name, state, "it cannot be deleted"),
    };

    /// <summary>Why it cannot be moved now; null when it can.</summary>
    public static WrongState? Migrate(string name, MachineState state) => state switch
    {
        MachineState.Running => null,
        MachineState.Off => new(name, state, $"{name} is off: only a running machine is moved.", "Start it first, then move it."),
        MachineState.Failed => new(name, state, $"{name} is broken, so it cannot be moved.", "Read why on its page."),
        _ => NotSettled(name, state, "it cannot be moved"),
    };

    static WrongState NotSettled(string name, MachineState state, string what) => state switch
    {
        MachineState.Waiting => new(name, state, $"{name} waits for a decision, so {what}.", "Wait until its request is decided."),
        MachineState.Provisioning => new(name, state, $"{name} is being made, so {what} yet.", "Wait until it runs."),
        MachineState.Unknown => new(name, state, $"The host of {name} does not answer, so {what}.", "Wait until the host answers again."),
        MachineState.Deleting => new(name, state, $"{name} is being deleted, so {what}.", "Ask for a new machine."),
        MachineState.Deleted => new(name, state, $"{name} is deleted, so {what}.", "Ask for a new machine."),
        MachineState.Running or MachineState.Off or MachineState.Failed => new(name, state, $"{name} is {state}, so {what}.", "Reload the page."),
    };
}
