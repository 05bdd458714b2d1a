#!/bin/bash
# upload.sh KEY.key URL FILE - puts a draft with nothing but openssl 3 and curl.
#
# KEY.key is a minisign secret key without a password: from byte 54 of its second line
# the key id [8] and the seed [32]. An Ed25519 seed becomes a key for openssl behind
# sixteen bytes that never change (PKCS #8, RFC 8410).
set -euo pipefail
key=$1 url=$2 file=$3

hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n 2p "$key" | base64 -d >"$work/key"
keyid=$(tail -c +55 "$work/key" | head -c 8 | hex | fold -w2 | tac | tr -d '\n')
{
	printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
	tail -c +63 "$work/key" | head -c 32
} >"$work/secret"

type='text/plain; charset=utf-8'
digest="sha-256=:$(openssl dgst -sha256 -binary "$file" | base64):"
now=$(date +%s)
params="(\"@method\" \"@target-uri\" \"content-digest\" \"content-type\");created=$now"
params+=";expires=$((now + 60));nonce=\"$(openssl rand -hex 12)\";keyid=\"$keyid\";tag=\"communique-admin\""
printf '"@method": PUT\n"@target-uri": %s\n"content-digest": %s\n"content-type": %s\n"@signature-params": %s' \
	"$url" "$digest" "$type" "$params" >"$work/base"
signature=$(openssl pkeyutl -sign -rawin -keyform DER -inkey "$work/secret" -in "$work/base" | base64 -w0)

curl -sS -X PUT --data-binary "@$file" "$url" -w '%{stderr}%{http_code}\n' \
	-H "Content-Type: $type" -H "Content-Digest: $digest" \
	-H "Signature-Input: sig=$params" -H "Signature: sig=:$signature:"
