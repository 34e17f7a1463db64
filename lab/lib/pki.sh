# shellcheck shell=bash
# A certificate authority per lab: libvirt's control and QEMU's migration streams accept nothing else.
# RSA, because GnuTLS wants the key-encipherment usage that only RSA keys have.

PKI_DAYS=3650

# The whole PKI once; the client's files belong to the user the portal runs as.
ensure_pki() {
  local host
  if [[ ! -e $PKI_DIR/complete ]]; then
    step_begin
    rm -rf "$PKI_DIR"
    install -d -m 755 "$PKI_DIR"
    make_ca
    for host in "${HOSTS[@]}"; do
      issue_certificate "$host" "$host" "DNS:$host,DNS:$LAB-$host,IP:$(host_address "$host")"
    done
    issue_certificate client portal "DNS:portal"
    touch "$PKI_DIR/complete"
    step_end "lab certificate authority, host and client certificates"
  fi
  chown -R "$OWNER" "$PKI_DIR/client"
  chmod 700 "$PKI_DIR/client"
}

make_ca() {
  install -d -m 700 "$PKI_DIR/ca"
  openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days "$PKI_DAYS" -subj "/CN=Portal lab $LAB CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$PKI_DIR/ca/cakey.pem" -out "$PKI_DIR/ca/cacert.pem" 2>/dev/null
}

# issue_certificate DIR CN ALTERNATIVE-NAMES: key and certificate for both roles, libvirt's file names.
issue_certificate() {
  local dir=$PKI_DIR/$1 file
  install -d -m 700 "$dir"
  openssl req -newkey rsa:2048 -nodes -sha256 -subj "/O=Portal lab/CN=$2" \
    -keyout "$dir/key.pem" -out "$dir/request.pem" 2>/dev/null
  openssl x509 -req -sha256 -days "$PKI_DAYS" -in "$dir/request.pem" -CA "$PKI_DIR/ca/cacert.pem" \
    -CAkey "$PKI_DIR/ca/cakey.pem" -CAcreateserial -out "$dir/cert.pem" -extfile <(
      printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n'
      printf 'extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "$3"
    ) 2>/dev/null
  rm "$dir/request.pem"
  for file in clientkey clientcert; do mv "$dir/${file#client}.pem" "$dir/$file.pem"; done
  cp "$PKI_DIR/ca/cacert.pem" "$dir/cacert.pem"
  chmod 600 "$dir/clientkey.pem"
}

# What a host sees as its /etc/pki: libvirt's and QEMU's default places and names.
host_pki() {
  local from=$PKI_DIR/$1 to
  to=$(host_dir "$1")/pki
  [[ ! -e $to/complete ]] || return 0
  install -d -m 755 "$to" "$to/CA" "$to/libvirt" "$to/qemu"
  install -d -m 700 "$to/libvirt/private"
  cp "$from/cacert.pem" "$to/CA/cacert.pem"
  cp "$from/clientcert.pem" "$to/libvirt/servercert.pem"
  cp "$from/clientcert.pem" "$to/libvirt/clientcert.pem"
  cp "$from/clientkey.pem" "$to/libvirt/private/serverkey.pem"
  cp "$from/clientkey.pem" "$to/libvirt/private/clientkey.pem"
  cp "$from/cacert.pem" "$to/qemu/ca-cert.pem"
  local role
  for role in server client; do
    cp "$from/clientcert.pem" "$to/qemu/$role-cert.pem"
    # QEMU opens these itself, after it has given up root.
    install -m 640 -g "$QEMU_GROUP" "$from/clientkey.pem" "$to/qemu/$role-key.pem"
  done
  touch "$to/complete"
}
