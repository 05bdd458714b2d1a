#!/bin/sh
# deb.sh - `make deb`: the Debian packages communique and communiqued, in $BUILD/deb/.
#
# The sources are laid out in a folder of their own, with src/build/debian as debian/, and
# dpkg-buildpackage does the rest. Nothing of this machine but its compiler and libraries gets
# into the packages: the same sources at the same SOURCE_DATE_EPOCH give the same bytes,
# wherever and by whom they are built.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${MAINTAINER:=}"
[ -n "${VERSION:-}" ] || {
	echo 'deb.sh: call it by make deb, which says the VERSION' >&2
	exit 2
}

deb=$BUILD/deb
tree=$deb/communique-$VERSION
log=$deb/build.log

# The moment that everything is dated to: that of the last commit.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null)} || {
	echo 'make deb: this is no clone of the repository; give the date of the release, in' >&2
	echo 'seconds: make deb SOURCE_DATE_EPOCH=…' >&2
	exit 1
}

lay_out() {
	rm -rf "$deb"
	mkdir -p "$tree"
	cp -R Makefile include src nginx README.md CHANGELOG SECURITY.md LICENSE "$tree"
	mv "$tree/src/build/debian" "$tree/debian"
	[ -z "$MAINTAINER" ] || sed -i "s|^Maintainer: .*|Maintainer: $MAINTAINER|" "$tree/debian/control"
	maintainer=$(sed -n 's/^Maintainer: //p' "$tree/debian/control")
	cat >"$tree/debian/changelog" <<-END
		communique ($VERSION-1) unstable; urgency=medium

		  * Built from the sources of $VERSION; changelog.gz tells what is new there.

		 -- $maintainer  $(LC_ALL=C date -u -R -d "@$epoch")
	END
}

build() (
	# What the caller's make and shell are set to is none of the package's business.
	umask 022
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BUILD VERSION PREFIX DESTDIR UNITDIR CC CFLAGS HARDEN \
		LDHARDEN WERROR
	cd "$tree"
	exec env LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH="$epoch" \
		DEB_BUILD_OPTIONS="parallel=$(nproc)" dpkg-buildpackage -b -us -uc
)

lay_out
build >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	echo "make deb: this failed; all of it is in $log" >&2
	exit 1
}
rm -rf "$tree"
ls "$deb"/*.deb
