using Portal.Domain.Machines;

namespace Portal.Tests.Domain.Machines;

public sealed class MachineRulesTests
{
    [Theory]
    [InlineData(MachineState.Running, PowerAction.Start, true)]
    [InlineData(MachineState.Running, PowerAction.ShutDown, true)]
    [InlineData(MachineState.Running, PowerAction.Reset, true)]
    [InlineData(MachineState.Running, PowerAction.PowerOff, true)]
    [InlineData(MachineState.Off, PowerAction.Start, true)]
    [InlineData(MachineState.Off, PowerAction.PowerOff, true)]
    [InlineData(MachineState.Off, PowerAction.Reset, false)]
    [InlineData(MachineState.Unknown, PowerAction.Start, false)]
    [InlineData(MachineState.Failed, PowerAction.Start, false)]
    public void Power_goes_by_the_state(MachineState state, PowerAction action, bool allowed) => (MachineRules.Power("web-01", state, action) is null).ShouldBe(allowed);

    [Fact]
    public void Every_refusal_names_the_machine_and_says_what_would_work()
    {
        foreach (var state in Enum.GetValues<MachineState>())
        {
            WrongState?[] refusals = [MachineRules.Delete("web-01", state), MachineRules.Migrate("web-01", state), .. Enum.GetValues<PowerAction>().Select(a => MachineRules.Power("web-01", state, a))];
            foreach (var refusal in refusals.OfType<WrongState>())
            {
                refusal.Message.ShouldContain("web-01");
                refusal.Advice.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void Only_a_running_machine_is_moved_and_only_one_whose_host_answers_is_deleted()
    {
        Enum.GetValues<MachineState>().Where(s => MachineRules.Migrate("m", s) is null).ShouldBe([MachineState.Running]);
        Enum.GetValues<MachineState>().Where(s => MachineRules.Delete("m", s) is null).ShouldBe([MachineState.Running, MachineState.Off, MachineState.Failed]);
    }
}
