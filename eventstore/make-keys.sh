#!/bin/sh
# make-keys.sh DIR [HOST...]: what apps and servers that share no folder share instead. Makes in DIR what is not there yet:
#   admin-token, regional-token, signing-key    64 hex digits each
#   ca.crt (also as trusted/ca.crt), ca.key     a certificate authority for EventStoreDB's nodes, for 10 years
#   HOST/node.crt, HOST/node.key                a certificate of each node, for 825 days; delete it and run again to renew
# Everything is readable by its owner alone. Needs openssl.
set -eu
umask 077
dir=${1:?usage: make-keys.sh DIR [HOST...]}
shift
mkdir -p "$dir"

for name in admin-token regional-token signing-key; do
  [ -s "$dir/$name" ] && continue
  openssl rand -hex 32 > "$dir/$name.new"
  mv "$dir/$name.new" "$dir/$name"
done

if [ ! -s "$dir/trusted/ca.crt" ]; then
  openssl req -x509 -newkey rsa:3072 -sha256 -nodes -days 3650 -subj '/O=CIOS/CN=CIOS event store CA' \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$dir/ca.key" -out "$dir/ca.crt" 2> /dev/null
  mkdir -p "$dir/trusted"
  cp "$dir/ca.crt" "$dir/trusted/ca.crt"
fi

for host in "$@"; do
  [ -s "$dir/$host/node.crt" ] && continue
  mkdir -p "$dir/$host"
  # EventStoreDB trusts a node by this common name (CertificateReservedNodeCommonName).
  openssl req -newkey rsa:2048 -nodes -subj '/CN=eventstoredb-node' \
    -keyout "$dir/$host/node.key" -out "$dir/$host/node.csr" 2> /dev/null
  cat > "$dir/$host/node.ext" << EXT
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1
EXT
  openssl x509 -req -sha256 -days 825 -in "$dir/$host/node.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$dir/$host/node.ext" -out "$dir/$host/node.new" 2> /dev/null
  mv "$dir/$host/node.new" "$dir/$host/node.crt"
  rm "$dir/$host/node.csr" "$dir/$host/node.ext"
done
