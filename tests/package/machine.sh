#!/bin/sh
# machine.sh FOLDER - a machine of its own for a test: the files of this one with a layer in
# memory over them, a network of its own, and systemd as process 1. Needs root. Nothing that is
# done in it is there when it is gone; it goes with this process (SIGKILL too).
#
# Its process 1 is in FOLDER/pid, by our number; nsenter(1) leads into it.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)

inside() {
	state=$1
	mount -t tmpfs tmpfs "$state"
	mkdir "$state/upper" "$state/work" "$state/root"
	root=$state/root
	mount -t overlay -o "lowerdir=/,upperdir=$state/upper,workdir=$state/work" overlay "$root"
	# The sources may be on a disk of their own.
	mkdir -p "$root$top"
	mount --bind "$top" "$root$top"

	mount -t proc proc "$root/proc"
	mount -t sysfs sysfs "$root/sys"
	mount -t tmpfs tmpfs "$root/sys/fs"
	mkdir "$root/sys/fs/cgroup"
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
	mount -t tmpfs tmpfs "$root/run"
	mount -t tmpfs tmpfs "$root/dev"
	mkdir "$root/dev/pts" "$root/dev/shm"
	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"
	done
	mknod -m 666 "$root/dev/tty" c 5 0
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	ln -s /proc/self/fd "$root/dev/fd"
	mount -t tmpfs tmpfs "$root/dev/shm"

	# Of what this machine would start, nothing but what keeps the journal; and packages may
	# start what they want.
	find "$root/lib/systemd/system" "$root/etc/systemd/system" -name '*.wants' -exec rm -rf {} +
	mkdir -p "$root/etc/systemd/system/sysinit.target.wants"
	ln -s /lib/systemd/system/systemd-journald.service \
		"$root/etc/systemd/system/sysinit.target.wants/"
	rm -f "$root/usr/sbin/policy-rc.d"

	mkdir "$root/old"
	cd "$root"
	pivot_root . old
	umount -l /old
	rmdir /old
	exec env -i container=communique PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		/lib/systemd/systemd --system --unit=multi-user.target --log-target=null
}

[ "$1" != inside ] || inside "$2"

state=$1
# The group of processes that systemd may divide: a new one, in the hierarchy of version 2.
for cgroups in /sys/fs/cgroup/unified /sys/fs/cgroup; do
	[ -e "$cgroups/cgroup.procs" ] && break
done
group=$cgroups/communique-test.$$
mkdir "$group"
echo $$ >"$group/cgroup.procs"
unshare --mount --uts --ipc --net --pid --cgroup --fork --kill-child=KILL --propagation private \
	setpriv --pdeathsig KILL "$0" inside "$state" &
unshared=$!
trap 'kill -KILL $unshared' TERM INT HUP

# unshare's child is process 1 in there.
until pid=$(ps -o pid= --ppid $unshared); do sleep 0.05; done
echo "$((pid))" >"$state/pid"
wait $unshared || true
echo $$ >"$cgroups/cgroup.procs"
until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; do sleep 0.1; done
