using System.Net.Sockets;
using Npgsql;
using Portal.Web.Controls;
using Portal.Web.Setup;

namespace Portal.Tests.Web.Controls;

public class FaultTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.CheckViolation)]
    [InlineData(PostgresErrorCodes.UniqueViolation)]
    [InlineData(PostgresErrorCodes.SyntaxError)]
    public void What_a_database_that_answers_refuses_is_a_defect_and_no_outage(string state)
    {
        var fault = new InvalidOperationException("It failed.", new PostgresException("no", "ERROR", "ERROR", state));

        Fault.IsExpected(fault).ShouldBeFalse();
        Fault.From(fault).What.ShouldBe("Something went wrong here.");
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public void Two_changes_that_met_are_no_outage_and_nothing_was_done(string state)
    {
        var fault = new InvalidOperationException("It failed.", new PostgresException("no", "ERROR", "ERROR", state));

        DatabaseFaults.Explain(fault).ShouldBeNull();
        Fault.IsExpected(fault).ShouldBeTrue();
        foreach (var told in (Fault[])[Fault.From(fault), Fault.Acting(fault)])
            told.ShouldSatisfyAllConditions(f => f.What.ShouldBe("Somebody changed the same thing at the same moment."), f => f.Advice.ShouldStartWith("Nothing was done"));
    }

    [Fact]
    public void Nobody_is_told_that_nothing_was_done_when_that_is_not_known()
    {
        var fault = new NpgsqlException("broken", new SocketException((int)SocketError.ConnectionReset));

        Fault.IsExpected(fault).ShouldBeTrue();
        Fault.Acting(fault).ShouldSatisfyAllConditions(f => f.What.ShouldBe("The database does not answer."), f => f.Advice.ShouldContain("may be done or not"));
    }
}
