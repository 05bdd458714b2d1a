#!/bin/sh
# needs.sh run|test|lint|bench|deb|deb-check - installs what is missing, says what and why.
#
# Everything comes from Debian; what the tests take from npm is pinned by
# tests/package-lock.json. Nothing is asked of the network while nothing is missing.
# A thing counts as there when its program or its header is, wherever it came from: a
# library built by hand or another build of nginx is as good as Debian's.
set -eu
cd "$(dirname "$0")/../.."

# package | the program (in the path) or header (below an include folder) it is for | why
RUN='
gcc                  | bin cc            | the C compiler
libc6-dev            | inc stdio.h       | the C library
libfcgi-dev          | inc fcgiapp.h     | FastCGI, the way to the web server
libsodium-dev        | inc sodium.h      | keys, signatures and hashes
liblmdb-dev          | inc lmdb.h        | the store
libutf8proc-dev      | inc utf8proc.h    | Unicode
libstemmer-dev       | inc libstemmer.h  | the stems of words, for the search
libdeflate-dev       | inc libdeflate.h  | pages kept ready in gzip
libbrotli-dev        | inc brotli/encode.h | pages kept ready in brotli
libcurl4-openssl-dev | inc curl/curl.h   | HTTP for the command communique
libjansson-dev       | inc jansson.h     | JSON for the command communique
tzdata               | /usr/share/zoneinfo/Asia/Seoul | the time zones of the times that readers see
nginx-light          | bin nginx         | the web server
minisign             | bin minisign      | to check a release as any reader can
curl                 | bin curl          | to fetch one, and the client in bash of the tests
'
TEST="$RUN"'
libcmocka-dev        | inc cmocka.h      | unit tests
lmdb-utils           | bin mdb_dump      | to see that a refused request left the store as it was
openssl              | bin openssl       | the client in bash
expect               | bin expect        | commands that ask on a terminal
faketime             | bin faketime      | clocks that are wrong
ca-certificates      | /etc/ssl/certs/ca-certificates.crt | npm
nodejs               | bin node          | HTTP and browser tests
npm                  | bin npm           | HTTP and browser tests
chromium             | bin chromium      | browser tests
golang-go            | bin go            | an independent reader of the public log
golang-golang-x-mod-dev | /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go | the same
default-jre-headless | bin java          | the Nu HTML checker
debhelper            | bin dh            | the Debian packages
systemd              | bin systemd-analyze | the units in them
man-db               | bin man           | the manual pages, as they are read
poppler-utils        | bin pdftoppm      | the printed page as a picture
fonts-noto-core      | /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf | Arabic in the pictures of pages
fonts-noto-cjk       | /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc    | Korean in the pictures of pages
'
LINT="$TEST"'
clang                | bin clang         | the second compiler, and libFuzzer
libclang-rt-14-dev   | /usr/lib/llvm-14/lib/clang/14.0.6/include/fuzzer/FuzzedDataProvider.h | libFuzzer, for make fuzz
clang-format         | bin clang-format  | the format of the source
'
# debhelper brings dpkg-dev; the libraries are those of RUN.
DEB="$RUN"'
debhelper            | bin dh            | Debian packages
'
DEB_CHECK="$TEST"'
lintian              | bin lintian       | what Debian thinks of the packages
procps               | bin ps            | the processes of a machine in the machine
'

BENCH="$TEST"'
g++                  | bin g++           | Xapian speaks C++
libsqlite3-dev       | inc sqlite3.h     | FTS5, to compare the search with
libxapian-dev        | inc xapian.h      | Xapian, to compare the search with
valgrind             | bin valgrind      | instructions of a request, by stage
'

# Administrators' folders: nginx is there, and not in everybody's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

is_there() {
	case $1 in
	/*) [ -e "$1" ] ;;
	bin\ *) command -v "${1#bin }" >/dev/null ;;
	inc\ *)
		for folder in /usr/include /usr/include/*-linux-gnu* /usr/local/include; do
			[ -e "$folder/${1#inc }" ] && return
		done
		return 1
		;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian starts a service as soon as its package is there, and nginx would take port 80.
# We only need the program: a policy that says no (invoke-rc.d(8)) stands while apt runs,
# and the service is not started at the next boot either. An nginx that was there before
# we came is left alone.
POLICY=/usr/sbin/policy-rc.d
forbid_services() {
	[ -e $POLICY ] && return
	printf '#!/bin/sh\nexit 101\n' | as_root tee $POLICY >/dev/null
	as_root chmod 755 $POLICY
	trap 'as_root rm -f $POLICY' EXIT
	trap 'exit 130' INT TERM HUP
}

# Debian's own thousand lines go to a file, and are shown when something went wrong.
LOG=build/needs.log
quietly() {
	mkdir -p build
	"$@" >>$LOG 2>&1 </dev/null && return
	tail -n 20 $LOG >&2
	return 1
}

install_packages() {
	case " $* " in
	*" nginx-light "*) forbid_services ;;
	esac
	as_root true # asks for the password, if it has to
	quietly as_root apt-get -qq update ||
		echo 'The lists of packages could not be renewed; trying with the old ones.' >&2
	quietly as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@"
	case " $* " in
	*" nginx-light "*) as_root update-rc.d nginx disable >/dev/null 2>&1 || true ;;
	esac
}

need_packages() {
	missing=$(printf '%s\n' "$1" | while IFS='|' read -r package sign why; do
		package=$(echo $package) sign=$(echo $sign)
		[ -z "$package" ] || is_there "$sign" || echo "$package |$why"
	done)
	[ -n "$missing" ] || return 0

	if ! command -v apt-get >/dev/null; then
		echo 'Missing here, by the names that Debian gives these packages:' >&2
		printf '%s\n' "$missing" | sed 's/^/  /; s/|/ /' >&2
		echo 'This is no Debian: please install them yourself. Going on.' >&2
		return 0
	fi
	packages=$(printf '%s\n' "$missing" | cut -d' ' -f1)
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		echo 'Some Debian packages are missing, and there is no sudo. As root:' >&2
		echo "  apt-get install --no-install-recommends" $packages >&2
		exit 1
	fi
	echo "Installing from Debian what is missing (its own words go to $LOG):" >&2
	printf '%s\n' "$missing" | awk -F' *[|] *' '{ printf "  %-21s %s\n", $1, $2 }' >&2
	install_packages $packages
}

# The lock file's hash stands beside what was installed from it.
need_modules() {
	lock=$(sha256sum <tests/package-lock.json)
	[ "$(cat tests/node_modules/.lock 2>/dev/null)" = "$lock" ] && return
	command -v npm >/dev/null || return 0
	echo 'Installing from npm what tests/package-lock.json names:' >&2
	node -p 'Object.entries(require("./tests/package.json").dependencies)
		.map(([name, version]) => `  ${name} ${version}`).join("\n")' >&2
	(cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
	printf '%s\n' "$lock" >tests/node_modules/.lock
}

case ${1-} in
run) need_packages "$RUN" ;;
test) need_packages "$TEST" && need_modules ;;
lint) need_packages "$LINT" ;;
bench) need_packages "$BENCH" && need_modules ;;
deb) need_packages "$DEB" ;;
deb-check) need_packages "$DEB_CHECK" && need_modules ;;
*)
	echo 'usage: needs.sh run|test|lint|bench|deb|deb-check' >&2
	exit 2
	;;
esac
