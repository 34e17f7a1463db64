# shellcheck shell=bash
# KVM or emulation? /dev/kvm can exist and still not run a guest, so a guest decides: the micro image has to come
# up under KVM within a deadline. Decided once per image, QEMU and kernel; the reason goes to lab.json.

KVM_DEADLINE=15

decide_accelerator() {
  local decided=$LABS_ROOT/cache/accelerator key
  key="$(uname -r) $(dpkg-query -W -f '${Version}' qemu-system-x86) $(basename "$MICRO_DIR") $(kvm_usable && echo device)"
  if [[ ! -r $decided || $(sed -n 1p "$decided") != "$key" ]]; then
    step_begin
    probe_accelerator
    printf '%s\n' "$key" "$ACCELERATOR" "$ACCELERATOR_REASON" >"$decided"
    step_end "accelerator: $ACCELERATOR ($ACCELERATOR_REASON)"
  fi
  ACCELERATOR=$(sed -n 2p "$decided")
  ACCELERATOR_REASON=$(sed -n 3p "$decided")
}

kvm_usable() { [[ -c /dev/kvm ]]; }

probe_accelerator() {
  ACCELERATOR=tcg
  if ! kvm_usable; then
    ACCELERATOR_REASON="this machine has no /dev/kvm"
  else
    boot_under_kvm
  fi
}

# Boots a throw-away copy and waits for the guest's own word on its serial console, or for QEMU to give up.
boot_under_kvm() {
  local work pid said
  work=$(mktemp -d)
  # Should this script be cut off, the guest still ends.
  timeout -k 1 $((KVM_DEADLINE + 5)) qemu-system-x86_64 -accel kvm -cpu host -m 96 -display none -monitor none -nic none -no-reboot -snapshot \
    -drive "file=$MICRO_DIR/micro.qcow2,format=qcow2,if=virtio" -serial "file:$work/serial" \
    </dev/null >"$work/qemu" 2>&1 9>&- &
  pid=$!
  disown "$pid"
  until_true "$KVM_DEADLINE" kvm_verdict "$pid" "$work/serial" || true
  if guest_spoke "$work/serial"; then
    ACCELERATOR=kvm
    ACCELERATOR_REASON="KVM booted the micro image"
  elif kill -0 "$pid" 2>/dev/null; then
    ACCELERATOR_REASON="KVM did not boot the micro image within $KVM_DEADLINE s"
  else
    said=$(grep -m1 -i 'error\|fail\|assert' "$work/qemu" | sed 's/^[^:]*: //' | tr -cd 'A-Za-z0-9 .,:=_()-' | cut -c1-100) || true
    ACCELERATOR_REASON="KVM did not boot the micro image: ${said:-QEMU ended}"
  fi
  kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}

guest_spoke() { grep -qas '^micro: ' "$1"; }

kvm_verdict() { guest_spoke "$2" || ! kill -0 "$1"; }
