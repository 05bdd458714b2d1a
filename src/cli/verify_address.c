/*
 * A release as its readers get it: its bundle, whether the address shows the same file, and
 * whether the site's log as it is now grew out of the one that the bundle speaks of.
 */
#include "keys_now.h"
#include "log_reader.h"
#include "verify.h"

struct visit {
	struct http http;
	struct log_reader log;
	struct buf body;
	struct str language, slug; /* of the address */
	struct str number;	   /* r{n}'s; STR_NONE: the newest is meant */
};

static void visit_begin(struct visit *visit)
{
	*visit = (struct visit){ .number = STR_NONE };
	buf_init(&visit->body, DOSSIER_MAX);
	log_reader_init(&visit->log, &visit->http);
}

static void visit_end(struct visit *visit)
{
	http_close(&visit->http);
	log_reader_free(&visit->log);
	buf_release(&visit->body);
}

/* What is behind a release's own address: "/en/releases/2026-…", perhaps "/r2", perhaps a form. */
static bool split_address(struct str target, struct visit *out)
{
	struct str rest = str_skip(target, 1), word;

	out->language = str_cut(&rest, '/');
	word = str_cut(&rest, '/');
	if (!str_equal(word, STR("releases")) || !str_given(rest))
		return false;
	out->slug = str_cut(&rest, '/');
	out->number = STR_NONE;
	if (str_given(rest)) {
		rest = str_first(rest, str_find(rest, '.'));
		if (!str_starts(rest, STR("r")))
			return false;
		out->number = str_skip(rest, 1);
	}
	out->slug = str_first(out->slug, str_find(out->slug, '.'));
	return language_valid(out->language) && slug_valid(out->slug);
}

static struct str form(struct visit *visit, const char *ending)
{
	return arena_printf(visit->http.arena, "/%.*s/releases/%.*s%s%.*s%s",
			    STR_ARG(visit->language), STR_ARG(visit->slug),
			    str_given(visit->number) ? "/r" : "", STR_ARG(visit->number), ending);
}

/* 410 is an answer of the office's, too. */
static bool get(struct visit *visit, struct str target, struct fault *why)
{
	unsigned status;

	if (!http_get(&visit->http, &target, &visit->body, &status, why))
		return false;
	switch (status) {
	case 200:
		return true;
	case 410:
		return fail(why, NOT_FOUND,
			    "the office has removed this release (410); its page says "
			    "why, and the log still names it");
	case 404:
		return fail(why, NOT_FOUND,
			    "there is nothing at %s: it was never published, or the "
			    "site keeps it back",
			    QUOTE(target));
	default:
		return fail(why, status >= 500 ? BUSY : INVALID, "%s answers %u", QUOTE(target),
			    status);
	}
}

/* An old address leads to the release's own. */
static bool find_release(struct visit *visit, struct str target, struct fault *why)
{
	unsigned status;

	if (split_address(target, visit))
		return true;
	if (!http_get(&visit->http, &target, &visit->body, &status, why))
		return false;
	return split_address(target, visit) ||
	       fail(why, USAGE,
		    "%s is not the address of a release, which is like "
		    "https://press.example/en/releases/2026-11-23-harbour",
		    QUOTE(target));
}

static void judge_address(struct verdict *verdict, const struct visit *visit,
			  const struct finding *found)
{
	const struct release *release = found->release;
	uint64_t number = release->revision;
	bool same = str_equal(buf_str(&visit->body), release->text);

	if (str_given(visit->number) && !str_to_u64(visit->number, UINT32_MAX, &number))
		number = 0;
	if (str_equal(release->language, visit->language) &&
	    str_equal(release->slug, visit->slug) && release->revision == number && same) {
		verdict_add(verdict, MARK_GOOD, "address", "readers get this very file");
		return;
	}
	verdict_add(verdict, MARK_BAD, "address", "%s",
		    same ? "another release is given out there"
			 : "readers get another text there than the bundle has");
	verdict_fail(verdict, "the address does not show what was signed");
}

/* What the site has shown does not fit. That it cannot be read is no judgement. */
static bool judge_fault(struct verdict *verdict, const char *what, const struct fault *fault,
			const char *reason, struct fault *why)
{
	if (fault->kind == BROKEN || fault->kind == BUSY) {
		*why = *fault;
		return false;
	}
	verdict_add(verdict, MARK_BAD, what, "%s", fault->says);
	verdict_fail(verdict, "%s", reason);
	return true;
}

static void judge_later_keys(struct verdict *verdict, struct finding *found, size_t known)
{
	verdict_add(verdict, MARK_GOOD, "keys", "the site has %s",
		    found->keys.count > known ? "later ones, which continue these"
					      : "no later ones");
	if (found->keys.count > known)
		judge_dispute(verdict, found);
}

static bool is_grown(struct visit *visit, struct finding *found, const struct checkpoint *now,
		     struct fault *why)
{
	return vkey_parse(keychain_last(&found->keys)->log, &found->log, why) &&
	       checkpoint_verify(now, &found->log, why) &&
	       log_reader_grew(&visit->log, found->checkpoint.size, &found->checkpoint.root, now,
			       why);
}

static bool judge_log_now(struct verdict *verdict, struct visit *visit, struct finding *found,
			  struct fault *why)
{
	static const char reason[] =
		"the site shows two logs that do not fit together; keep the bundle and tell the "
		"office";
	struct fault fault = { .kind = NO_FAULT };
	size_t known = found->keys.count;
	struct checkpoint now;

	if (!log_reader_checkpoint(&visit->log, &now, &fault))
		return judge_fault(verdict, "log", &fault, reason, why);
	if (now.size < found->checkpoint.size) {
		fail(&fault, INVALID, "the log had %llu leaves and now has %llu",
		     (unsigned long long)found->checkpoint.size, (unsigned long long)now.size);
		return judge_fault(verdict, "log", &fault, reason, why);
	}
	/* The key sets come first: the log may be signed with another key by now. */
	if (!keys_now(&visit->log, found->checkpoint.size, &now, &found->keys, &fault))
		return judge_fault(verdict, "keys", &fault,
				   "the site's key sets do not continue those of the bundle", why);
	judge_later_keys(verdict, found, known);
	if (!is_grown(visit, found, &now, &fault))
		return judge_fault(verdict, "log", &fault, reason, why);
	verdict_add(verdict, MARK_GOOD, "log",
		    "has %llu leaves now, and grew out of this checkpoint",
		    (unsigned long long)now.size);
	return true;
}

/* A later revision, when a certain one was asked for. */
static void mention_newer(struct verdict *verdict, struct visit *visit, const struct finding *found)
{
	struct release *newest;
	struct str target;
	unsigned status;

	if (!str_given(visit->number))
		return;
	visit->number = STR_NONE;
	target = form(visit, ".txt");
	if (http_get(&visit->http, &target, &visit->body, &status, NULL) && status == 200 &&
	    release_parse(verdict->arena, arena_copy(verdict->arena, buf_str(&visit->body)),
			  &newest, NULL) &&
	    newest->revision > found->release->revision)
		verdict_add(verdict, MARK_FACT, "newer", "revision %u is there, a %.*s",
			    newest->revision, STR_ARG(change_word(newest->change)));
}

static bool judge_site(struct verdict *verdict, struct visit *visit, const struct trust *trust,
		       struct fault *why)
{
	struct finding *found = arena_new(verdict->arena, struct finding);
	struct str bundle;

	if (!get(visit, form(visit, ".tar"), why))
		return false;
	bundle = arena_copy(verdict->arena, buf_str(&visit->body));
	if (!get(visit, form(visit, ".txt"), why))
		return false;
	if (!verify_judge_bundle(verdict, bundle, trust, found) || !found->release)
		return true;
	judge_address(verdict, visit, found);
	if (found->in_log && !judge_log_now(verdict, visit, found, why))
		return false;
	mention_newer(verdict, visit, found);
	return true;
}

bool verify_address(const struct call *call, struct verdict *verdict, const struct trust *trust,
		    struct fault *why)
{
	struct visit visit;
	struct str target;
	bool ok;

	if (call->argument_count > 1)
		return fail(why, USAGE, "an address has its signatures with it");
	visit_begin(&visit);
	ok = http_open(&visit.http, call->arena, str_from(call->arguments[0]), &target, why) &&
	     find_release(&visit, target, why) && judge_site(verdict, &visit, trust, why);
	visit_end(&visit);
	return ok;
}

bool verify_against(struct arena *arena, struct verdict *verdict, struct str site,
		    struct finding *found, struct fault *why)
{
	struct visit visit;
	bool ok;

	visit_begin(&visit);
	ok = http_open(&visit.http, arena, site, NULL, why) &&
	     judge_log_now(verdict, &visit, found, why);
	visit_end(&visit);
	return ok;
}
