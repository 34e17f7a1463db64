# shellcheck shell=bash
# What `test` and `bench` share: a throw-away database, a lab of their own, a fresh build; gone again afterwards.

TRIAL_LAB=${PORTAL_LAB:-test}

trial_begin() {
  TRIAL_DIR=$(mktemp -d /tmp/portal-trial.XXXXXX)
  chmod 755 "$TRIAL_DIR"
  trap 'trial_end' EXIT
  need_sdk
  need_packages chromium
  need_node
  need_postgres
  portal_user
  dotnet_step "everything built" build Portal.sln -c Release
  dotnet_step "portal published" publish Portal.Web -c Release --no-build -o "$TRIAL_DIR/web"
  trial_postgres
  if [[ -z ${PORTAL_KEEP_LAB:-} ]]; then "$REPO/lab/lab" down --guests --lab "$TRIAL_LAB" >/dev/null; fi
  "$REPO/lab/lab" up --lab "$TRIAL_LAB" --owner "$(id -u)"
  export PORTAL_TEST_LAB=/var/lib/portal-lab/$TRIAL_LAB/lab.json PORTAL_TEST_WEB=$TRIAL_DIR/web/Portal.Web.dll
}

# Nothing in it has to survive a power cut, so it waits for no disk.
trial_postgres() {
  local dir=$TRIAL_DIR/postgres
  step_begin
  install -d -m 700 ${PORTAL_USER:+-o "$PORTAL_USER"} "$dir"
  pg initdb -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 --no-sync --auth=trust >/dev/null
  as_portal tee -a "$dir/data/postgresql.conf" >/dev/null <<END
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
END
  pg pg_ctl start -w -s -D "$dir/data" -l "$dir/log"
  export PORTAL_TEST_POSTGRES="Host=$dir;Database=postgres;Username=postgres"
  step_end "throw-away PostgreSQL $(<"$dir/data/PG_VERSION") ready"
}

# watched COMMAND…: runs it so that Ctrl-C on this script ends it: bash heeds a signal while it waits, not during a command.
watched() {
  "$@" </dev/null &
  wait "$!"
}

# Tests start portals and browsers, in sessions of their own; all of them inherit where the trial's program is.
end_trial_processes() {
  local pids
  mapfile -t pids < <(grep -lsz "^PORTAL_TEST_WEB=$TRIAL_DIR/" /proc/[0-9]*/environ | cut -d/ -f3)
  ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
}

# However the trial ended, everything it started ends with it.
trial_end() {
  local status=$?
  trap '' INT TERM
  trap - EXIT
  end_trial_processes
  if [[ -e $TRIAL_DIR/postgres/data/postmaster.pid ]]; then pg pg_ctl stop -s -m immediate -D "$TRIAL_DIR/postgres/data" || true; fi
  if [[ -z ${PORTAL_KEEP_LAB:-} ]]; then "$REPO/lab/lab" down --guests --lab "$TRIAL_LAB" || true; fi
  rm -rf "$TRIAL_DIR"
  [[ -z ${TRIAL_VERDICT:-} ]] || echo "$TRIAL_VERDICT"
  exit "$status"
}

# attribute NAME FILE: the sum of an attribute over the assemblies of an xunit result file.
attribute() {
  { grep -o '<assembly [^>]*' "$2" || true; } | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

# slowest FILE: the ten test classes of an xunit result file that took longest, so that whoever adds one sees what it costs.
slowest() {
  say "The slowest classes of tests, s:"
  { grep -o '<test [^>]*' "$1" || true; } | sed -n 's/.* time="\([0-9.]*\)".* type="\([^"]*\)".*/\1 \2/p' |
    awk '{ took[$2] += $1 } END { for (name in took) printf "%8.1f  %s\n", took[name], name }' | sort -rn | awk 'NR <= 10'
}

run_tests() {
  local results=$TRIAL_DIR/results.xml status=0 passed=0 failed=1 skipped=0
  # A test that hangs must not hold the machine for longer than an hour; the whole suite takes some 40 minutes on two cores.
  watched timeout --signal=KILL 55m dotnet "$REPO/Portal.Tests/bin/Release/net10.0/Portal.Tests.dll" -noColor -result-xml "$results" "$@" || status=$?
  if [[ -s $results ]]; then
    slowest "$results"
    passed=$(attribute passed "$results")
    failed=$(($(attribute failed "$results") + $(attribute errors "$results")))
    skipped=$(attribute skipped "$results")
  fi
  ((status == 0 || failed > 0)) || failed=1
  TRIAL_VERDICT="$passed passed, $failed failed"
  ((skipped == 0)) || TRIAL_VERDICT+=", $skipped skipped"
  ((failed == 0 && passed > 0)) || exit 1
}

run_bench() {
  # What one makes a cloud-init seed with by hand, logs in to a guest with, and watches it with.
  need_packages xorriso openssh-client fping tcpdump
  watched dotnet "$REPO/bench/bin/Release/net10.0/Portal.Bench.dll" "$@"
}
