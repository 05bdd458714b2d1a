#!/bin/sh
# install.sh install|uninstall - every file of ours on a machine, in one list: what
# `make install` puts there is what `make uninstall` takes away.
#
# BUILD is where the programs were made, PREFIX where they will live, DESTDIR the folder of
# somebody who packs them. Sites (/etc/communique, /var/lib/communique) are no part of this.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${PREFIX:=/usr/local}" "${DESTDIR:=}"
# systemd looks for units in /usr/local too; Debian 12 wants those of its packages in /lib.
: "${UNITDIR:=$PREFIX/lib/systemd/system}"

share=$PREFIX/share
doc=$share/doc/communique

# put MODE TARGET SOURCE
put() {
	install -D -m "$1" "$3" "$DESTDIR$2"
}

# put_made TARGET COMMAND …: what the command prints.
put_made() {
	target=$1
	shift
	made=$("$@")
	printf '%s\n' "$made" | install -D -m 644 /dev/stdin "$DESTDIR$target"
}

# Files of ours that name the place they are in.
put_placed() {
	put_made "$1" sed "s|/usr/local|$PREFIX|g" "$2"
}

each_file() {
	put 755 "$PREFIX/bin/communique" "$BUILD/communique"
	put 755 "$PREFIX/sbin/communiqued" "$BUILD/communiqued"
	for page in communique.conf.5 src/man/*.[1-8]; do
		page=${page##*/}
		put_placed "$share/man/man${page##*.}/$page" "$BUILD/man/$page"
	done
	for program in communique communiqued; do
		put_made "$share/bash-completion/completions/$program" \
			"$BUILD/$program" completion bash
		put_made "$share/zsh/site-functions/_$program" "$BUILD/$program" completion zsh
		put_made "$share/fish/vendor_completions.d/$program.fish" \
			"$BUILD/$program" completion fish
	done
	for part in nginx/*.conf; do
		put_placed "$share/communique/$part" "$part"
	done
	put 644 "$share/communique/prometheus/communique.rules.yml" \
		src/prometheus/communique.rules.yml
	put 644 "$share/communique/paths.conf" src/systemd/paths.conf
	for unit in src/systemd/*.service src/systemd/*.socket src/systemd/*.timer; do
		put_placed "$UNITDIR/${unit##*/}" "$unit"
	done
	put 644 "$PREFIX/lib/sysusers.d/communique.conf" src/systemd/communique.sysusers
	put 644 "$PREFIX/lib/tmpfiles.d/communique.conf" src/systemd/communique.tmpfiles
	for text in README.md CHANGELOG SECURITY.md LICENSE; do
		put 644 "$doc/$text" "$text"
	done
	put_placed "$doc/nginx/README.md" nginx/README.md
}

case ${1-} in
install)
	each_file
	;;
uninstall)
	put() { rm -f "$DESTDIR$2"; }
	put_made() { rm -f "$DESTDIR$1"; }
	each_file
	# Folders that nobody but us has. One with something else in it stays.
	for folder in "$share/communique/nginx" "$share/communique/prometheus" "$share/communique" "$doc/nginx" "$doc"; do
		rmdir "$DESTDIR$folder" 2>/dev/null || true
	done
	;;
*)
	echo 'usage: install.sh install|uninstall' >&2
	exit 2
	;;
esac
