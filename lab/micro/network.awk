# Network configuration version 2 to lines "WHAT MAC VALUE", an interface's address before its gateway.
# Understands block style and inline lists, quoted or not.
function unquote(s) { gsub(/["' ]/, "", s); return s }
function emit(what, value) { if (value != "") out[++count] = what " @" nic "@ " value }
function values(what, text,   n, i, part) {
  gsub(/[][]/, "", text)
  n = split(text, part, ",")
  for (i = 1; i <= n; i++) emit(what, unquote(part[i]))
}
function item(path, text) {
  if (path ~ /\.nameservers\.addresses$/) values("dns", text)
  else if (path ~ /\.addresses$/) values("address", text)
}
{ sub(/[ \t]#.*$/, ""); sub(/^#.*$/, ""); sub(/[ \t\r]+$/, "") }
/^ *$/ { next }
{
  text = $0
  indent = match(text, /[^ ]/) - 1
  text = substr(text, indent + 1)
  while (text ~ /^- /) {
    # A list's items may stand in the column of their key.
    dash = indent
    sub(/^- +/, "", text)
    if (text !~ /^[A-Za-z0-9_-]+:( |$)/) {
      while (depth > 0 && level[depth] > dash) depth--
      path = ""
      for (i = 1; i <= depth; i++) path = path "." key[i]
      item(path, text)
      next
    }
    indent += 2
  }
  if (text !~ /^[A-Za-z0-9_."'-]+:( |$)/) next
  name = text; sub(/:.*/, "", name); name = unquote(name)
  value = text; sub(/^[^:]*:[ ]*/, "", value)
  while (depth > 0 && level[depth] >= indent) depth--
  level[++depth] = indent; key[depth] = name
  path = ""
  for (i = 1; i <= depth; i++) path = path "." key[i]
  if (path ~ /^(\.network)?\.ethernets\.[^.]+$/) nic = name
  else if (path ~ /\.match\.macaddress$/) mac[nic] = tolower(unquote(value))
  else if (path ~ /\.dhcp4$/ && value ~ /^(true|yes)/) emit("dhcp", "4")
  else if (path ~ /\.gateway4$/ || path ~ /\.routes\.via$/) emit("gateway", unquote(value))
  else if (value != "") item(path, value)
}
function has(line, what) { return index(line, what " ") == 1 }
END {
  order = split("address dhcp gateway dns", kinds, " ")
  for (k = 1; k <= order; k++) for (i = 1; i <= count; i++) if (has(out[i], kinds[k])) {
    split(out[i], part, "@")
    print part[1] ((part[2] in mac) ? mac[part[2]] : "any") part[3]
  }
}
