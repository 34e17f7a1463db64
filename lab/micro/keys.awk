# The public keys of a #cloud-config, wherever a list holds them.
{
  line = $0
  gsub(/[]["'\r]/, "", line)
  sub(/^ *(ssh[_-]authorized[_-]keys: *)?(- *)?/, "", line)
  n = split(line, part, /, */)
  for (i = 1; i <= n; i++) if (part[i] ~ /^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+\/=]+/) print part[i]
}
