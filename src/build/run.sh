#!/bin/bash
# run.sh - `make run`: a whole site for one user on http://127.0.0.1:$PORT, in the foreground.
#
# The first time it makes demo keys, a site with two editors of whom two must sign, and
# publishes seeds/. All of it stays in $STATE; what was done is marked in $STATE/demo, so that
# a start that was cut short goes on where it stopped. Then it keeps three processes running -
# nginx, the public process, the desk - until SIGINT or SIGTERM, and leaves none behind.
set -u

# Once more through env and setpriv: a script that starts us in the background would have us
# ignore SIGINT for good, and if make is killed, we are to go too.
if [ -z "${COMMUNIQUE_RUN-}" ]; then
	export COMMUNIQUE_RUN=1
	with_parent=
	command -v setpriv >/dev/null && with_parent='setpriv --pdeathsig TERM'
	exec env --default-signal=INT,TERM,HUP $with_parent bash "$0" "$@"
fi

cd "$(dirname "$0")/../.." || exit 3
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
PORT=${PORT:-8080}
BUILD=$(realpath "${BUILD:-build}")
STATE=${STATE:-build/run}
SITE=localhost
URL=http://127.0.0.1:$PORT

# Standard error by a name of its own: bash tells there of each process that was killed, which
# we do in better words, so the watch has none.
exec 8>&2
say() { printf '%s\n' "$*"; }
die() {
	printf 'make run: %s\n' "$*" >&8
	exit 1
}

# --- before anything is started ---------------------------------------------------------------

port_is_taken() { (exec 4<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

prepare() {
	case $PORT in
	'' | *[!0-9]*) die "PORT is a number, not \"$PORT\"" ;;
	esac
	mkdir -p "$STATE/keys" "$STATE/demo" "$STATE/log" || exit 3
	STATE=$(realpath "$STATE")
	# What a socket's address can hold (unix(7)).
	[ ${#STATE} -le 90 ] ||
		die "the path $STATE is too long for sockets in it: choose another, make run STATE=/tmp/run"
	exec 9>"$STATE/lock"
	flock -n 9 || die "another make run is using $STATE; stop that one, or choose STATE= and PORT="
	! port_is_taken || die "port $PORT is taken; choose another: make run PORT=$((PORT + 1))"
}

# What we start goes when we go, however that is.
with_us=()
! command -v setpriv >/dev/null || with_us=(setpriv --pdeathsig TERM)

communique() { "${with_us[@]}" "$BUILD/communique" "$@" 9>&-; }

# Does a step once, keeps what it printed, and shows that when it fails. Status 3 is "could
# not": our editors, who work faster than people, may meet nginx's rate limit.
once() {
	local mark=$STATE/demo/$1 tries status
	shift
	[ ! -e "$mark" ] || return 0
	for ((tries = 0; tries < 20; tries++)); do
		"$@" >"$mark.log" 2>&1 </dev/null
		status=$?
		[ $status = 3 ] || break
		sleep 1
	done
	if [ $status != 0 ]; then
		cat "$mark.log" >&2
		say "make run: this failed: $*" >&2
		return 1
	fi
	mv "$mark.log" "$mark"
}

make_key() {
	# A pair of which only one half was written before a power cut is worth nothing.
	rm -f "$STATE/keys/$1.key" "$STATE/keys/$1.pub"
	communique keygen -o "$STATE/keys/$1" --no-password
}

make_site() {
	rm -rf "$STATE/communique.conf" "$STATE/store" "$STATE/spool" "$STATE/log.key" \
		"$STATE/keys-1.txt"
	"$BUILD/communiqued" init "$STATE" --site $SITE --url "$URL" \
		--root "$STATE/keys/root.pub" \
		--editor "author:author:$STATE/keys/author.pub" \
		--editor "approver:approver:$STATE/keys/approver.pub" \
		--quorum-publish 2 --languages en,ko,ar &&
		cat src/build/demo.conf >>"$STATE/communique.conf"
}

# What an editor has in his home folder, so that the commands need no options.
make_editor() {
	mkdir -p "$STATE/$1/communique" &&
		printf '%s\n' "server = $URL" "site = $SITE" "key = $STATE/keys/$1.key" \
			>"$STATE/$1/communique/config"
}

make_all() {
	local who
	for who in root author approver; do
		once "key-$who" make_key $who || return
		make_editor $who || return
	done
	once site make_site || return
	# Requests are signed for an address with its port.
	grep -qxF "url = $URL" "$STATE/communique.conf" ||
		sed -i "s|^url = .*|url = $URL|" "$STATE/communique.conf"
	src/build/nginx-conf.sh "$STATE" "$PORT"
}

# --- what is published the first time ------------------------------------------------------------

# By bash alone: curl may not be there.
healthy() {
	local status
	{
		exec 4<>"/dev/tcp/127.0.0.1/$PORT" &&
			printf 'GET /healthz HTTP/1.0\r\n\r\n' >&4 && read -r -t 2 status <&4
	} 2>/dev/null && [[ $status == HTTP/1.[01]' '200* ]]
}

wait_until_healthy() {
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		(healthy) && return
		sleep 0.1
	done
	say "make run: $URL/healthz does not answer; see $STATE/log" >&2
	return 1
}

as() {
	local who=$1
	shift
	XDG_CONFIG_HOME=$STATE/$who communique "$@"
}

admit_keys() {
	as root keys sign "$STATE/keys-1.txt" && as root keys publish "$STATE/keys-1.txt"
}

header() { sed -n "/^\$/q; s/^$2: *//p" "$1"; }

publish_seeds() {
	local seed edition done=0 all attach
	mapfile -t all < <(grep -l '^Release: ' seeds/*.txt seeds/attached/*.txt)
	for seed in "${all[@]}"; do
		edition=$(header "$seed" Language)/$(header "$seed" Release)
		mapfile -t attach < <(sed -n 's|^Attachment: \([^;]*\);.*|--attach=seeds/files/\1|p' "$seed")
		once "draft-${edition/\//-}" as author publish "$seed" "${attach[@]}" &&
			once "public-${edition/\//-}" as approver approve "$edition" --yes || return
		((++done))
		[ ! -t 1 ] || printf '\r  sample releases: %d of %d ' $done ${#all[@]}
	done
	[ ! -t 1 ] || printf '\r\033[K'
}

fill() {
	trap - EXIT
	wait_until_healthy && once keys admit_keys && publish_seeds
}

invite() {
	local communique=${BUILD#"$PWD/"}/communique state=${STATE#"$PWD/"} today
	today=$(date +%F)
	cat <<-END

	  Read it    $URL/
	  Stop it    Ctrl-C. Everything stays in $state; remove that to begin anew.

	  Publish a release of your own, in another terminal, in this folder. As the author:

	    export XDG_CONFIG_HOME=$STATE/author
	    printf '%s\n' 'Our First Release' '' '1. It is short.' '' '2. Two people signed it.' >$state/text.txt
	    $communique new --from $state/text.txt --language en --kind press-release --date $today -o $state/first.txt
	    $communique check $state/first.txt
	    $communique publish $state/first.txt

	  Two people must sign here. As the second one:

	    export XDG_CONFIG_HOME=$STATE/approver
	    $communique drafts
	    $communique approve en/$today-our-first-release

	  It is at $URL/en/releases/$today-our-first-release then.

	END
}

# --- three processes, kept running ---------------------------------------------------------------------

declare -A pids=() born=()
quick_deaths=0 ready= tick=

# In a session of its own: Ctrl-C is ours to hear.
start() {
	local name=$1
	shift
	setsid "${with_us[@]}" "$@" </dev/null >>"$STATE/log/$name.log" 2>&1 8>&- 9>&- &
	pids[$name]=$!
	born[$name]=$SECONDS
}

# Of a demonstration root may be the only user there is.
as_we_are=()
[ "$(id -u)" != 0 ] || as_we_are=(--user root)

start_named() {
	case $1 in
	public) start public "$BUILD/communiqued" serve -c "$STATE/communique.conf" "${as_we_are[@]}" ;;
	desk) start desk "$BUILD/communiqued" desk -c "$STATE/communique.conf" "${as_we_are[@]}" ;;
	nginx) start nginx nginx -e "$STATE/nginx/error.log" -c "$STATE/nginx.conf" ;;
	fill)
		fill 8>&- 9>&- &
		pids[fill]=$!
		;;
	esac
}

# At once; but one that cannot live at all is not started a thousand times a second.
start_again() {
	local name=$1 status=$2
	if ((SECONDS - born[$name] < 2)); then
		if ((++quick_deaths > 5)) && [ -z "$ready" ]; then
			tail -n 5 "$STATE/log/$name.log" >&8
			die "the $name process does not stay alive; see $STATE/log/$name.log"
		fi
		sleep "$((quick_deaths > 3)).$((quick_deaths % 4))"
	else
		quick_deaths=0
	fi
	say "the $name process ended ($status); started again"
	start_named "$name"
}

stop_all() {
	local name tries
	trap '' INT TERM HUP
	[ -z "$tick" ] || kill "$tick" 2>/dev/null
	for name in fill nginx public desk; do
		[ -z "${pids[$name]-}" ] || kill -TERM "${pids[$name]}" 2>/dev/null
	done
	for ((tries = 0; tries < 100; tries++)); do
		kill -0 "${pids[@]}" 2>/dev/null || return
		sleep 0.05
	done
	kill -KILL "${pids[@]}" 2>/dev/null
}

# make, when only its own process gets SIGINT, holds that back and waits for us to end: it
# stands in make's mask of blocked signals (proc(5)). make is our parent, or its shell's.
is_interrupted() {
	local key value name= parent=
	while read -r key value; do
		case $key in
		Name:) name=$value ;;
		PPid:) parent=$value ;;
		SigBlk:) [[ $name == *make ]] && ((0x$value & 2)) && return ;;
		esac
	done <"/proc/$1/status"
	[[ $name == *sh ]] && is_interrupted "$parent"
}

# A process that has ended was reaped by bash already, which keeps its status for wait. (wait -n
# would tell of one of them only, when several end at once.)
look_after() {
	local name=$1 status
	! kill -0 "${pids[$name]}" 2>/dev/null || return
	wait "${pids[$name]}"
	status=$?
	if [ "$name" != fill ]; then
		start_again "$name" $status
		return
	fi
	unset 'pids[fill]'
	[ $status = 0 ] || exit 1
	ready=1
	invite
}

watch_over() {
	local name
	while :; do
		for name in "${!pids[@]}"; do look_after "$name" 2>/dev/null; done
		if [ -z "$tick" ] || ! kill -0 "$tick" 2>/dev/null; then
			! is_interrupted $PPID || exit 0
			sleep 1 8>&- 9>&- &
			tick=$!
		fi
		wait -n
	done 2>/dev/null
}

prepare
trap stop_all EXIT
trap 'exit 0' INT TERM HUP
make_all || exit 1
say "Starting $URL (state and logs in ${STATE#"$PWD/"})"
for name in desk public nginx fill; do start_named $name; done
watch_over
