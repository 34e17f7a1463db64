using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Approvals;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schema;

/// <summary>What must never be false, whoever writes: each line is plain SQL past every service.</summary>
public sealed class ConstraintTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ck_quotas_within_limit", "update quotas set used = most, reserved = 1 where project_id = @project")]
    [InlineData("ck_quotas_not_negative", "update quotas set reserved = -1 where project_id = @project")]
    [InlineData("ck_quotas_resource", "update quotas set resource = 'Gpus' where project_id = @project and resource = 'Vcpus'")]
    [InlineData("pk_quotas", "insert into quotas (project_id, resource, most, used, reserved) values (@project, 'Vcpus', 1, 0, 0)")]
    [InlineData("ck_requests_denied_with_reason", "update requests set status = 'Denied', decision_reason = null where id = @request")]
    [InlineData("ck_requests_denied_with_reason", "update requests set status = 'Denied', decision_reason = '' where id = @request")]
    [InlineData("ck_requests_status", "update requests set status = 'Maybe' where id = @request")]
    [InlineData("ck_machines_state", "update machines set state = 'Sleeping' where id = @machine")]
    [InlineData("ck_machines_running_somewhere", "update machines set host_id = null where id = @machine")]
    [InlineData("ck_machines_sizes", "update machines set memory_mib = 0 where id = @machine")]
    [InlineData("ck_machines_address", "update machines set address = '10.9.001.007' where id = @machine")]
    [InlineData("ux_machines_address_in_network", "update machines set address = (select address from machines where id = @waiting) where id = @machine")]
    [InlineData("ux_machines_name_in_project", "update machines set name = (select name from machines where id = @waiting) where id = @machine")]
    [InlineData("ux_machines_mac", "update machines set mac = (select mac from machines where id = @waiting) where id = @machine")]
    [InlineData("ck_networks_pool", "update networks set first = last, last = first where id = @network")]
    [InlineData("ck_networks_pool", "update networks set last = '192.168.0.1' where id = @network")]
    [InlineData("ck_flavors_sizes", "update flavors set vcpus = 0 where id = @flavor")]
    [InlineData("ck_images_format", "update images set format = 'vmdk' where id = @image")]
    [InlineData("ck_project_members_role", "update project_members set role = 'King' where project_id = @project")]
    [InlineData("fk_machines_projects_project_id", "delete from projects where id = @project")]
    [InlineData("ux_operations_one_active_per_machine", """
        insert into operations (id, kind, machine_id, project_id, title, status, cursor, percent, fence, attempts, requested_by, requested_by_name, idempotency_key, parameters, created_at)
        select gen_random_uuid(), 'Power', machine_id, project_id, 'x', 'Queued', 0, 0, 0, 0, requested_by, '', 'other', '{{}}', now() from operations where project_id = @project
        """)]
    [InlineData("ck_operations_ended", "update operations set status = 'Succeeded' where project_id = @project")]
    [InlineData("ck_operations_running_is_held", "update operations set status = 'Running', worker = null where project_id = @project")]
    [InlineData("ck_operations_percent", "update operations set percent = 101 where project_id = @project")]
    [InlineData("ux_placements_one_home_one_incoming", "insert into placements (machine_id, host_id, purpose, vcpus, memory_mib) values (@machine, @host, 'Home', 1, 1)")]
    public async Task A_falsehood_is_refused_by_the_database_itself(string constraint, string statement)
    {
        var world = await postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Running, world.Hosts[0]);
        var requests = postgres.Get<RequestService>();
        var waiting = (await requests.SubmitAsync(world.Member, world.Draft(), "waiting", Ct)).Value;
        var approved = (await requests.SubmitAsync(world.Member, world.Draft(), "approved", Ct)).Value;
        (await postgres.Get<ApprovalService>().ApproveAsync(world.Admin, [approved.Id], null, Ct)).Single().IsOk.ShouldBeTrue();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        var refused = await Should.ThrowAsync<PostgresException>(() => db.Database.ExecuteSqlRawAsync(statement, [
            new NpgsqlParameter("project", world.Project.Id), new NpgsqlParameter("request", waiting.Id), new NpgsqlParameter("machine", machine.Id), new NpgsqlParameter("waiting", waiting.MachineId),
            new NpgsqlParameter("network", world.Network.Id), new NpgsqlParameter("flavor", world.Flavor.Id), new NpgsqlParameter("image", world.Image.Id), new NpgsqlParameter("host", world.Hosts[1].Id)], Ct));

        refused.ConstraintName.ShouldBe(constraint);
    }
}
