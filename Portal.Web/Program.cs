using Portal.Web.Setup;

return args switch
{
    ["migrate"] => await MigrateVerb.RunAsync(CancellationToken.None),
    ["seed", .. var rest] => await SeedVerb.RunAsync(rest, CancellationToken.None),
    ["token", .. var rest] => await TokenVerb.RunAsync(rest, CancellationToken.None),
    ["audit", .. var rest] => await AuditVerb.RunAsync(rest, CancellationToken.None),
    [var verb, ..] when !verb.StartsWith('-') => Verbs.Unknown(verb),
    _ => await Server.RunAsync(args),
};
