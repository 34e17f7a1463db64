# shellcheck shell=bash
# The images guests are cloned from: built once per version of their source, checked before every use.

MICRO_SOURCE=$LAB_HOME/micro

# The cache's key: every file the build reads. Package versions are recorded beside the image instead, so that
# a new kernel in the archive does not rebuild the image of everyone who runs `up`.
micro_key() { (cd "$MICRO_SOURCE" && find . -type f | LC_ALL=C sort | xargs sha256sum) | sha256sum | cut -c1-16; }

checksum_holds() { (cd "$1" && sha256sum --status --check micro.qcow2.sha256) 2>/dev/null; }

ensure_micro_image() {
  MICRO_DIR=$LABS_ROOT/cache/micro-$(micro_key)
  ! checksum_holds "$MICRO_DIR" || return 0
  step_begin
  apt_update_once
  rm -rf "$MICRO_DIR" "$MICRO_DIR.new"
  "$MICRO_SOURCE/build" "$MICRO_DIR.new" || fail "the micro image could not be built" "It needs Debian's package lists: apt-get update"
  mv "$MICRO_DIR.new" "$MICRO_DIR"
  checksum_holds "$MICRO_DIR" || fail "the micro image just built does not match its checksum" "Is the disk full? $LABS_ROOT"
  step_end "micro image built, $(($(stat -c %s "$MICRO_DIR/micro.qcow2") / 1048576)) MiB"
}

# publish_image FROM TO: whole or not at all, and never written again.
publish_image() {
  [[ ! -e $2 ]] || return 0
  cp --reflink=auto "$1" "$2.new"
  chmod 444 "$2.new"
  mv "$2.new" "$2"
}

# Guests' disks are overlays of the published file, so it is never written again: an image of other content, after
# an update of its source, goes beside it under a name of its own.
publish_images() {
  local host target pool
  MICRO_VOLUME=micro.qcow2
  target=$IMAGES_DIR/$MICRO_VOLUME
  if [[ -e $target ]] && ! cmp -s "$MICRO_DIR/micro.qcow2" "$target"; then
    MICRO_VOLUME=$(basename "$MICRO_DIR").qcow2
    target=$IMAGES_DIR/$MICRO_VOLUME
  fi
  publish_image "$MICRO_DIR/micro.qcow2" "$target"
  for host in "${HOSTS[@]}"; do
    # What is made in a host's own pool grows from that pool's own copy.
    publish_image "$target" "$(host_dir "$host")/lib/local/$MICRO_VOLUME"
    for pool in images local; do
      virsh -c "$(host_uri "$host")" vol-info "$MICRO_VOLUME" --pool "$pool" >/dev/null 2>&1 ||
        virsh -q -c "$(host_uri "$host")" pool-refresh "$pool" >/dev/null
    done
  done
}

# What the portal reads to know the fleet. Written beside and moved, so that nobody reads half of it.
write_lab_json() {
  local host hosts='' image=$IMAGES_DIR/$MICRO_VOLUME virtual
  for host in "${HOSTS[@]}"; do
    hosts+="${hosts:+,
    }{\"name\":\"$host\",\"uri\":\"$(host_uri "$host")\",\"address\":\"$(host_address "$host")\"}"
  done
  virtual=$(qemu-img info -U -f qcow2 --output json "$image" | sed -n 's/^    "virtual-size": \([0-9]*\).*/\1/p')
  cat >"$LAB_JSON.new" <<END
{ "name":"$LAB", "accelerator":"$ACCELERATOR", "acceleratorReason":"$ACCELERATOR_REASON",
  "pool":"images",
  "network":{"name":"lab","cidr":"$NET.0.0/16","gateway":"$NET.0.1","dns":"$NET.0.1","first":"$NET.4.10","last":"$NET.7.250","bridge":"br0"},
  "hosts":[
    $hosts],
  "images":[
    {"name":"micro","title":"Micro","description":"busybox and SSH · answers in seconds","volume":"$MICRO_VOLUME","format":"qcow2",
     "sizeBytes":$(stat -c %s "$image"),"virtualBytes":$virtual,"sha256":"$(cut -d' ' -f1 "$MICRO_DIR/micro.qcow2.sha256")",
     "user":"root","minMemoryMib":96,"minDiskGib":1}] }
END
  chmod 644 "$LAB_JSON.new"
  if cmp -s "$LAB_JSON.new" "$LAB_JSON"; then rm "$LAB_JSON.new"; else mv "$LAB_JSON.new" "$LAB_JSON"; fi
}
