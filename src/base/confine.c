#include <communique/confine.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <communique/log.h>

static bool go_without(const char *part)
{
	log_note(LOG_WARNING, "confine", "without", str_from(part));
	return true;
}

/* --- calls (seccomp) ---------------------------------------------------------------------- */

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#define OTHER_ABI 0x40000000u /* x32: the same calls by other numbers */
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#define NO(name) __NR_##name

/* Programs, other processes, the machine. */
static const unsigned never[] = {
	NO(execve),
	NO(execveat),
	NO(memfd_create),
	NO(ptrace),
	NO(kill),
	NO(pidfd_getfd),
	NO(pidfd_send_signal),
	NO(process_vm_readv),
	NO(process_vm_writev),
	NO(bpf),
	NO(perf_event_open),
	NO(userfaultfd),
	NO(io_uring_setup),
	NO(keyctl),
	NO(add_key),
	NO(request_key),
	NO(mount),
	NO(umount2),
	NO(pivot_root),
	NO(chroot),
	NO(unshare),
	NO(setns),
	NO(init_module),
	NO(finit_module),
	NO(delete_module),
	NO(kexec_load),
	NO(reboot),
	NO(swapon),
	NO(swapoff),
	NO(acct),
	NO(personality),
	NO(open_by_handle_at),
	NO(settimeofday),
	NO(clock_settime),
	NO(sethostname),
#ifdef __NR_fork
	NO(fork),
	NO(vfork),
	NO(iopl),
	NO(ioperm),
#endif
};

/* New connections, and what Landlock does not see of files. */
static const unsigned not_for_readers[] = {
	NO(socket),    NO(socketpair),	NO(connect),   NO(bind),     NO(fchmod),
	NO(fchmodat),  NO(fchown),	NO(fchownat),  NO(setxattr), NO(lsetxattr),
	NO(fsetxattr), NO(removexattr), NO(utimensat), NO(mknodat),  NO(fallocate),
#ifdef __NR_chmod
	NO(chmod),     NO(chown),	NO(lchown),
#endif
};

#ifdef OUR_ARCH

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct filter {
	struct sock_filter at[16 + 2 * (COUNT(never) + COUNT(not_for_readers))];
	unsigned short count;
};

static void add(struct filter *filter, struct sock_filter step)
{
	must(filter->count < COUNT(filter->at));
	filter->at[filter->count++] = step;
}

static void add_return(struct filter *filter, unsigned what)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

/* Refused like a right that one has not: the program goes on, and says so. */
static void refuse(struct filter *filter, const unsigned *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(filter,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1));
		add_return(filter, SECCOMP_RET_ERRNO | EPERM);
	}
}

static void load(struct filter *filter, size_t offset)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void make_filter(struct filter *filter, enum confinement confinement)
{
	filter->count = 0;
	load(filter, offsetof(struct seccomp_data, arch));
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0));
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
	load(filter, offsetof(struct seccomp_data, nr));
#ifdef OTHER_ABI
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_ABI, 0, 1));
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
#endif
	refuse(filter, never, COUNT(never));
	if (confinement == CONFINE_READER)
		refuse(filter, not_for_readers, COUNT(not_for_readers));
	add_return(filter, SECCOMP_RET_ALLOW);
}

static bool confine_calls(enum confinement confinement, struct fault *why)
{
	struct filter filter;
	struct sock_fprog program;

	make_filter(&filter, confinement);
	program = (struct sock_fprog){ .len = filter.count, .filter = filter.at };
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
	    0)
		return true;
	if (errno == ENOSYS || errno == EINVAL)
		return go_without("seccomp");
	return fail_errno(why, "cannot give up system calls");
}

#else

static bool confine_calls(enum confinement confinement, struct fault *why)
{
	(void)confinement;
	(void)why;
	return go_without("seccomp");
}

#endif

/* --- files (Landlock) --------------------------------------------------------------------- */

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* All that this version of Landlock knows how to forbid. */
static uint64_t all_access(long version)
{
	uint64_t all = 2 * LANDLOCK_ACCESS_FS_MAKE_SYM - 1;

	if (version >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		all |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return all;
}

static bool allow_reading(int rules, const char *folder, struct fault *why)
{
	struct landlock_path_beneath_attr below = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	bool ok;

	if (below.parent_fd < 0)
		return fail_errno(why, "cannot open %s", folder);
	ok = syscall(__NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0 ||
	     fail_errno(why, "cannot keep the right to read %s", folder);
	close(below.parent_fd);
	return ok;
}

static bool confine_files(const char *folder, struct fault *why)
{
	long version =
		syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attributes = { .handled_access_fs = all_access(version) };
	int rules;
	bool ok;

	if (version < 0)
		return go_without("landlock");
	rules = (int)syscall(__NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
	if (rules < 0)
		return fail_errno(why, "cannot give up files");
	ok = allow_reading(rules, folder, why) &&
	     (syscall(__NR_landlock_restrict_self, rules, 0) == 0 ||
	      fail_errno(why, "cannot give up files"));
	close(rules);
	return ok;
}

bool confine(enum confinement confinement, const char *folder, struct fault *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail_errno(why, "cannot give up new rights");
	return (confinement == CONFINE_WRITER || confine_files(folder, why)) &&
	       confine_calls(confinement, why);
}
