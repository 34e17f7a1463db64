# shellcheck shell=bash
# A private PostgreSQL cluster: its own directory, port and user. Debian's own cluster is neither made nor touched.

# PostgreSQL's programs, newest version first; Debian keeps them off the PATH.
postgres_bin() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -x $found/initdb ]] && echo "$found"
}

need_postgres() {
  local dropin=/etc/postgresql-common/createcluster.d/portal.conf ours=''
  ! postgres_bin >/dev/null || return 0
  if [[ ! -e $dropin ]]; then
    # Debian's package would make and start a cluster of its own.
    as_root install -d -m 755 "${dropin%/*}"
    as_root tee "$dropin" >/dev/null <<<'create_main_cluster = false'
    ours=1
  fi
  need_packages postgresql
  [[ -z $ours ]] || as_root rm -f "$dropin"
  postgres_bin >/dev/null || fail "PostgreSQL was installed but its programs are not under /usr/lib/postgresql"
}

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port_free() { ! port_in_use "$1"; }

free_port() {
  local port=$1
  while port_in_use "$port"; do port=$((port + 1)); done
  echo "$port"
}

random_word() { od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'; }

PG_DIR=$PORTAL_HOME/postgres

pg() { as_portal "$(postgres_bin)/$1" "${@:2}"; }
pg_running() { pg pg_ctl status -D "$PG_DIR/data" >/dev/null 2>&1; }
pg_sql() { pg psql -h "$PG_DIR/run" -p "$(<"$PG_DIR/port")" -U postgres -qAtX -v ON_ERROR_STOP=1 "$@"; }

database_string() {
  echo "Host=127.0.0.1;Port=$(<"$PG_DIR/port");Database=portal;Username=portal;Password=$(<"$PG_DIR/password")"
}

make_cluster() {
  [[ ! -e $PG_DIR/made ]] || return 0
  step_begin
  # What a cut-off run left is no cluster yet and holds nothing.
  stop_postgres
  rm -rf "$PG_DIR"
  portal_dir "$PG_DIR" "$PG_DIR/run"
  free_port 54320 | as_portal tee "$PG_DIR/port" >/dev/null
  random_word | as_portal tee "$PG_DIR/password" >/dev/null
  as_portal chmod 600 "$PG_DIR/password"
  # Whoever reaches the socket's directory (mode 700) owns the data files anyway; over TCP it takes the password.
  pg initdb -D "$PG_DIR/data" -U postgres -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  as_portal tee -a "$PG_DIR/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $(<"$PG_DIR/port")
unix_socket_directories = '$PG_DIR/run'
max_connections = 200
password_encryption = 'scram-sha-256'
END
  pg pg_ctl start -w -s -D "$PG_DIR/data" -l "$PG_DIR/log" 8>&-
  pg_sql -d postgres <<<"create role portal login password '$(<"$PG_DIR/password")'; create database portal owner portal;"
  as_portal touch "$PG_DIR/made"
  step_end "PostgreSQL $(<"$PG_DIR/data/PG_VERSION") cluster made, on port $(<"$PG_DIR/port")"
}

start_postgres() {
  make_cluster
  ! pg_running || return 0
  step_begin
  port_in_use "$(<"$PG_DIR/port")" && fail "port $(<"$PG_DIR/port"), where the portal's PostgreSQL listens, is taken by another program" \
    "Stop it, or write another port to $PG_DIR/port and $PG_DIR/data/postgresql.conf."
  pg pg_ctl start -w -s -t 60 -D "$PG_DIR/data" -l "$PG_DIR/log" 8>&- || {
    tail -n 5 "$PG_DIR/log" >&2
    fail "PostgreSQL did not start" "Its log: $PG_DIR/log"
  }
  step_end "PostgreSQL $(<"$PG_DIR/data/PG_VERSION") ready"
}

stop_postgres() {
  [[ -e $PG_DIR/data ]] && postgres_bin >/dev/null && pg_running || return 0
  step_begin
  pg pg_ctl stop -s -m fast -D "$PG_DIR/data"
  step_end "PostgreSQL stopped"
}
