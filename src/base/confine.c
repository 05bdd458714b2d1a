#include <communique/confine.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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

/* Programs, other processes, the machine, other users. */
static const unsigned never[] = {
	NO(execve),
	NO(execveat),
	NO(memfd_create),
	NO(ptrace),
	NO(kill),
	NO(tkill),
	NO(rt_sigqueueinfo),
	NO(rt_tgsigqueueinfo),
	NO(pidfd_getfd),
	NO(pidfd_open),
	NO(pidfd_send_signal),
	NO(process_madvise),
	NO(process_vm_readv),
	NO(process_vm_writev),
	NO(kcmp),
	NO(bpf),
	NO(perf_event_open),
	NO(userfaultfd),
	NO(io_uring_setup),
	NO(io_uring_enter),
	NO(io_uring_register),
	NO(keyctl),
	NO(add_key),
	NO(request_key),
	NO(mount),
	NO(umount2),
	NO(pivot_root),
	NO(chroot),
	NO(fsopen),
	NO(fsmount),
	NO(fspick),
	NO(move_mount),
	NO(open_tree),
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
	NO(quotactl),
	NO(syslog),
	NO(open_by_handle_at),
	NO(settimeofday),
	NO(clock_settime),
	NO(clock_adjtime),
	NO(adjtimex),
	NO(sethostname),
	NO(setdomainname),
	NO(shmget),
	NO(shmat),
	NO(shmctl),
	NO(semget),
	NO(semctl),
	NO(msgget),
	NO(msgctl),
	NO(mq_open),
	NO(setuid),
	NO(setgid),
	NO(setreuid),
	NO(setregid),
	NO(setresuid),
	NO(setresgid),
	NO(setgroups),
	NO(capset),
	NO(ioprio_set),
	NO(sched_setscheduler),
	NO(sched_setattr),
	NO(sched_setparam),
	NO(migrate_pages),
	NO(move_pages),
	NO(fanotify_init),
#ifdef __NR_fork
	NO(fork),
	NO(vfork),
	NO(iopl),
	NO(ioperm),
#endif
};

static const unsigned connecting[] = {
	NO(socket),
	NO(socketpair),
	NO(connect),
	NO(bind),
};

/* What would make more of a socket that is only to be written to: it, or a copy of it, could send
 * to another address than its own. */
static const unsigned more_than_writing[] = {
	NO(sendto), NO(sendmsg), NO(sendmmsg), NO(dup), NO(dup3), NO(fcntl),
#ifdef __NR_dup2
	NO(dup2),
#endif
};

/* What Landlock does not see of files, or not each version of it. */
static const unsigned changing[] = {
	NO(truncate),  NO(ftruncate),	NO(fallocate),	  NO(fchmod),	    NO(fchmodat),
	NO(fchown),    NO(fchownat),	NO(utimensat),	  NO(setxattr),	    NO(lsetxattr),
	NO(fsetxattr), NO(removexattr), NO(lremovexattr), NO(fremovexattr), NO(mknodat),
#ifdef __NR_chmod
	NO(chmod),     NO(chown),	NO(lchown),	  NO(utime),	    NO(utimes),
#endif
};

#ifdef OUR_ARCH

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct filter {
	struct sock_filter at[80 + 2 * (COUNT(never) + COUNT(connecting) + COUNT(changing)) +
			      5 * COUNT(more_than_writing)];
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

/* --- calls that are refused for what they are called with --- */

/* The lower half of an argument, on our little-endian machines. */
static void load_argument(struct filter *filter, unsigned argument)
{
	load(filter, offsetof(struct seccomp_data, args) + 8 * argument);
}

/* `call` with an argument that has all of `bits` (or, of `without`, none) is answered by `error`.
 */
struct condition {
	unsigned call, argument, bits;
	bool without;
	unsigned error;
};

static void refuse_if(struct filter *filter, const struct condition *when)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, when->call, 0, 5));
	load_argument(filter, when->argument);
	add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, when->bits));
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						 when->without ? 0 : when->bits, 0, 1));
	add_return(filter, SECCOMP_RET_ERRNO | when->error);
	load(filter, offsetof(struct seccomp_data, nr));
}

/* Allowed for this process itself alone, by which of its names the call takes. */
static void refuse_unless_own(struct filter *filter, unsigned call, unsigned argument, unsigned own)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
	load_argument(filter, argument);
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own, 1, 0));
	add_return(filter, SECCOMP_RET_ERRNO | EPERM);
	load(filter, offsetof(struct seccomp_data, nr));
}

/* Refused for one descriptor, and allowed for all others. */
static void refuse_for(struct filter *filter, int fd, const unsigned *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(filter,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 4));
		load_argument(filter, 0);
		add(filter,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)fd, 0, 1));
		add_return(filter, SECCOMP_RET_ERRNO | EPERM);
		load(filter, offsetof(struct seccomp_data, nr));
	}
}

/* Memory that runs: what is there when we start is enough, but for the resolver, which loads
 * libraries; where that may be needed only what can be written cannot run. */
static void refuse_code(struct filter *filter, bool connects)
{
	unsigned written = connects ? PROT_WRITE : 0;
	struct condition mapped = { NO(mmap), 2, PROT_EXEC | written, false, EPERM };
	struct condition changed = { NO(mprotect), 2, PROT_EXEC, false, EPERM };
	struct condition keyed = { NO(pkey_mprotect), 2, PROT_EXEC, false, EPERM };

	refuse_if(filter, &mapped);
	refuse_if(filter, &changed);
	refuse_if(filter, &keyed);
}

/* A thread is made by clone(2) with CLONE_THREAD, a process without. What clone3(2) is to make
 * stands in memory, where a filter cannot look: said to be unknown, it makes libc use clone(2). */
static void refuse_processes(struct filter *filter)
{
	static const unsigned clone3 = NO(clone3);
	struct condition forks = { NO(clone), 0, CLONE_THREAD, true, EPERM };

	refuse_if(filter, &forks);
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, clone3, 0, 1));
	add_return(filter, SECCOMP_RET_ERRNO | ENOSYS);
	refuse_unless_own(filter, NO(tgkill), 0, (unsigned)getpid());
	refuse_unless_own(filter, NO(prlimit64), 0, 0);
	refuse_unless_own(filter, NO(setpriority), 1, 0);
	refuse_unless_own(filter, NO(sched_setaffinity), 0, 0);
}

/* Typing in somebody's terminal, when we were started from one. */
static void refuse_typing(struct filter *filter)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NO(ioctl), 0, 5));
	load_argument(filter, 1);
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0));
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 0, 1));
	add_return(filter, SECCOMP_RET_ERRNO | EPERM);
	load(filter, offsetof(struct seccomp_data, nr));
}

static void make_filter(struct filter *filter, const struct confine_rights *rights)
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
	if (!rights->connects)
		refuse(filter, connecting, COUNT(connecting));
	if (!rights->writes)
		refuse(filter, changing, COUNT(changing));
	if (rights->told >= 0)
		refuse_for(filter, rights->told, more_than_writing, COUNT(more_than_writing));
	refuse_code(filter, rights->connects);
	refuse_processes(filter);
	refuse_typing(filter);
	add_return(filter, SECCOMP_RET_ALLOW);
}

static bool confine_calls(const struct confine_rights *rights, struct fault *why)
{
	struct filter filter;
	struct sock_fprog program;

	make_filter(&filter, rights);
	program = (struct sock_fprog){ .len = filter.count, .filter = filter.at };
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
	    0)
		return true;
	if (errno == ENOSYS || errno == EINVAL)
		return go_without("seccomp");
	return fail_errno(why, "cannot give up system calls");
}

#else

static bool confine_calls(const struct confine_rights *rights, struct fault *why)
{
	(void)rights;
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

/* Links are followed: /etc/ssl may be one. */
static bool allow(int rules, const char *folder, uint64_t access, bool may_lack, struct fault *why)
{
	struct landlock_path_beneath_attr below = {
		.allowed_access = access,
		.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	bool ok;

	if (below.parent_fd < 0)
		return may_lack || fail_errno(why, "cannot open %s", folder);
	ok = syscall(__NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0 ||
	     fail_errno(why, "cannot keep the right to use %s", folder);
	close(below.parent_fd);
	return ok;
}

#define READING (LANDLOCK_ACCESS_FS_READ_FILE)
#define LISTING (READING | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                    \
	(LISTING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                   \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                            \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE)

static bool allow_all(int rules, const struct confine_rights *rights, uint64_t known,
		      struct fault *why)
{
	uint64_t reading = rights->connects ? LISTING : READING;

	for (const char *const *at = rights->reads; at && *at; at++)
		if (!allow(rules, *at, reading, rights->connects, why))
			return false;
	for (const char *const *at = rights->writes; at && *at; at++)
		if (!allow(rules, *at, WRITING & known, false, why))
			return false;
	return true;
}

/* Its first version lets nobody move a file to another folder, as the desk does with uploads. */
static bool confine_files(const struct confine_rights *rights, struct fault *why)
{
	long version =
		syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attributes = { .handled_access_fs = all_access(version) };
	int rules;
	bool ok;

	if (version < 0 || (version < 2 && rights->writes))
		return go_without("landlock");
	rules = (int)syscall(__NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
	if (rules < 0)
		return fail_errno(why, "cannot give up files");
	ok = allow_all(rules, rights, attributes.handled_access_fs, why) &&
	     (syscall(__NR_landlock_restrict_self, rules, 0) == 0 ||
	      fail_errno(why, "cannot give up files"));
	close(rules);
	return ok;
}

bool confine(const struct confine_rights *rights, struct fault *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail_errno(why, "cannot give up new rights");
	return confine_files(rights, why) && confine_calls(rights, why);
}
