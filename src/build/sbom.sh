#!/bin/sh
# sbom.sh NAME PROGRAM - what a program is made of, as CycloneDX 1.6 in JSON, on standard output.
#
# Components are the libraries that the program loads, as the dynamic linker finds them here,
# each with its package's name and version as dpkg knows them; dependencies are the linker's
# own (NEEDED). There is nothing else in it: no code of others is kept in the sources, whose
# files are listed with their hashes.
#
# The same program, libraries, sources and SOURCE_DATE_EPOCH give the same bytes.
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C
# What somebody has loaded into every program is no part of ours.
unset LD_PRELOAD
[ $# = 2 ] || {
	echo 'usage: sbom.sh NAME PROGRAM' >&2
	exit 2
}
name=$1 program=$2
version=$("$program" --version | sed 's/.* //')
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y "$program")}
command -v dpkg-query >/dev/null || {
	echo 'make sbom: the names and versions of libraries are asked of dpkg, and there is none' >&2
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

hash_of() { sha256sum "$1" | cut -d' ' -f1; }

needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# "libcurl.so.4 /lib/x86_64-linux-gnu/libcurl.so.4" for all that are loaded, and the linker,
# which is listed without an arrow.
ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }
	$1 ~ /^\// { n = split($1, part, "/"); print part[n], $1 }' | sort -u >"$work/loaded"

# dpkg knows a file by the path it came by: /lib may be a link to /usr/lib by now, and the
# library one to a file with its whole number.
names_of() {
	printf '%s\n' "$1" "/usr$1" "${1#/usr}"
}

while read -r library path; do
	{
		names_of "$path"
		names_of "$(realpath "$path")"
	} | sed "s|^|$library |"
done <"$work/loaded" >"$work/names"

# "libcurl4:amd64: /usr/lib/…": what no package has is told on standard error.
cut -d' ' -f2 "$work/names" | xargs dpkg-query -S 2>/dev/null >"$work/owners" || true

# One line a library: its name, the package's, version and architecture, its file.
awk -F'[: ]+' '
	FILENAME ~ /owners$/ { owner[$NF] = $1; next }
	FILENAME ~ /names$/ { if ($2 in owner) package[$1] = owner[$2]; next }
	{ print $1, package[$1], $2 }' "$work/owners" "$work/names" "$work/loaded" |
	while read -r library package path; do
		[ -n "$path" ] || {
			echo "make sbom: no package has $library ($package)" >&2
			exit 1
		}
		dpkg-query -W -f "$library \${Package} \${Version} \${Architecture} $path\n" \
			"$package:$(dpkg --print-architecture)"
	done >"$work/libraries"
[ "$(wc -l <"$work/libraries")" = "$(wc -l <"$work/loaded")" ]

. /etc/os-release

# pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12; the URL's own signs are escaped.
purl() {
	printf 'pkg:deb/%s/%s@%s?arch=%s&distro=%s-%s' "$ID" "$1" \
		"$(printf %s "$2" | sed 's/%/%25/g; s/:/%3A/g; s/+/%2B/g')" "$3" "$ID" "${VERSION_ID:-}"
}

# Members of a list, a line each, with commas between.
commas() { sed '$!s/$/,/'; }

libraries() {
	while read -r library package number architecture path; do
		printf '    {"type": "library", "bom-ref": "%s", "name": "%s", "version": "%s", "purl": "%s", "hashes": [{"alg": "SHA-256", "content": "%s"}], "properties": [{"name": "communique:package", "value": "%s"}]}\n' \
			"$library" "$library" "$number" "$(purl "$package" "$number" "$architecture")" \
			"$(hash_of "$path")" "$package"
	done <"$work/libraries" | commas
}

# Whom the linker is told to load, by whom.
depends_on() {
	printf '    {"ref": "%s", "dependsOn": [%s]}\n' "$1" \
		"$(needed "$2" | sort | sed 's/.*/"&"/' | paste -s -d, | sed 's/,/, /g')"
}

dependencies() {
	{
		depends_on "$name" "$program"
		while read -r library path; do depends_on "$library" "$path"; done <"$work/loaded"
	} | commas
}

sources() {
	find Makefile include src nginx -type f | sort | xargs sha256sum |
		sed 's|\(.*\)  \(.*\)|        {"type": "file", "name": "\2", "hashes": [{"alg": "SHA-256", "content": "\1"}]}|' |
		commas
}

body() {
	cat <<-END
	  "version": 1,
	  "metadata": {
	    "timestamp": "$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)",
	    "lifecycles": [{"phase": "build"}],
	    "component": {
	      "type": "application",
	      "bom-ref": "$name",
	      "name": "$name",
	      "version": "$version",
	      "licenses": [{"license": {"id": "ISC"}}],
	      "hashes": [{"alg": "SHA-256", "content": "$(hash_of "$program")"}],
	      "components": [
	$(sources)
	      ]
	    }
	  },
	  "components": [
	$(libraries)
	  ],
	  "dependencies": [
	$(dependencies)
	  ]
	}
	END
}

# The document's number is made from what it says.
body >"$work/body"
digits=$(hash_of "$work/body")
cat <<END
{
  "\$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
  "bomFormat": "CycloneDX",
  "specVersion": "1.6",
  "serialNumber": "urn:uuid:$(echo "$digits" | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\).*/\1-\2-8\3-8\4-\5/')",
END
cat "$work/body"
