#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/footprint.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int statm = -1; /* /proc/self/statm: pages, all and resident, and more */
static DIR *descriptors;
static int64_t started_at;

void footprint_watch(void)
{
	pthread_mutex_lock(&lock);
	if (started_at == 0) {
		started_at = clock_now();
		statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
		descriptors = opendir("/proc/self/fd");
	}
	pthread_mutex_unlock(&lock);
}

static bool read_memory(struct footprint *out)
{
	unsigned long long all, resident;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char text[128];
	ssize_t got = statm < 0 ? -1 : pread(statm, text, sizeof text - 1, 0);

	if (got <= 0)
		return false;
	text[got] = '\0';
	if (sscanf(text, "%llu %llu", &all, &resident) != 2)
		return false;
	out->virtual = all * page;
	out->resident = resident * page;
	return true;
}

static bool count_descriptors(struct footprint *out)
{
	const struct dirent *entry;

	if (!descriptors)
		return false;
	rewinddir(descriptors);
	while ((entry = readdir(descriptors)) != NULL)
		out->descriptors += entry->d_name[0] != '.';
	return true;
}

void footprint_take(struct footprint *out)
{
	struct rlimit limit = { .rlim_cur = 0 };
	struct timespec used = { .tv_sec = 0 };

	*out = (struct footprint){ .started_at = started_at };
	getrlimit(RLIMIT_NOFILE, &limit);
	out->descriptors_max = limit.rlim_cur;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	out->cpu_nanoseconds = (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
	pthread_mutex_lock(&lock);
	out->known = read_memory(out) && count_descriptors(out);
	pthread_mutex_unlock(&lock);
}
