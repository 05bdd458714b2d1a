/*
 * init - a new site: its configuration, an empty store, the log key, and key set 1,
 * which comes into force when its root has signed it.
 */
#include <unistd.h>

#include <communique/clock.h>
#include <communique/file.h>
#include <communique/vkey.h>

#include "config.h"

enum { YEAR = 365 * 24 * 3600 };

struct plan {
	struct arena *arena;
	const char *folder;
	struct str site, url, languages;
	struct keyset keyset;
	struct keyset_key keys[KEYSET_KEYS_MAX];
};

static const char *path_in(struct plan *plan, const char *name)
{
	return arena_printf(plan->arena, "%s/%s", plan->folder, name).at;
}

static bool need_option(const struct call *call, const char *name, struct str *out,
			struct fault *why)
{
	*out = str_from(call_option(call, name));
	if (out->len == 0)
		return fail(why, USAGE, "--%s is needed; communiqued init --help tells more", name);
	return true;
}

/* One key named both root and editor is one line of the set, with all its roles. */
static bool add_key(struct plan *plan, struct str holder, unsigned roles, const char *path,
		    struct fault *why)
{
	struct keyset *keyset = &plan->keyset;
	struct public_key key;

	if (!public_key_read(path, &key, why))
		return false;
	for (size_t i = 0; i < keyset->key_count; i++) {
		if (!key_id_equal(&keyset->keys[i].key.id, &key.id))
			continue;
		keyset->keys[i].roles |= roles;
		if (roles != ROLE_ROOT)
			keyset->keys[i].holder = holder;
		return true;
	}
	if (keyset->key_count == KEYSET_KEYS_MAX)
		return fail(why, TOO_LARGE, "a key set has at most %d keys", KEYSET_KEYS_MAX);
	keyset->keys[keyset->key_count++] =
		(struct keyset_key){ .key = key, .holder = holder, .roles = roles };
	return true;
}

/* NAME:ROLES:FILE.pub */
static bool add_editor(struct plan *plan, const char *option, struct fault *why)
{
	struct str rest = str_from(option);
	struct str holder = str_cut(&rest, ':'), words = str_cut(&rest, ':');
	unsigned roles;

	if (!str_given(rest) || rest.len == 0)
		return fail(why, USAGE, "--editor wants NAME:ROLES:FILE.pub, not \"%s\"",
			    QUOTE(str_from(option)));
	return role_parse(words, &roles, why) &&
	       add_key(plan, holder, roles, arena_cstr(plan->arena, rest), why);
}

static bool read_quorum(const struct call *call, const char *name, unsigned *out, struct fault *why)
{
	const char *text = call_option(call, name);
	uint64_t number = 1;

	if (text && (!str_to_u64(str_from(text), SIGNATURES_PER_FILE_MAX, &number) || number == 0))
		return fail(why, USAGE, "--%s is a number from 1 to %d", name,
			    SIGNATURES_PER_FILE_MAX);
	*out = (unsigned)number;
	return true;
}

static bool read_keys(struct plan *plan, const struct call *call, struct fault *why)
{
	const char *option;

	plan->keyset.keys = plan->keys;
	for (size_t n = 0; (option = call_option_nth(call, "root", n)) != NULL; n++) {
		/* Several roots are several holders. */
		struct str holder = n ? arena_printf(plan->arena, "root-%zu", n + 1) : STR("root");

		if (!add_key(plan, holder, ROLE_ROOT, option, why))
			return false;
	}
	for (size_t n = 0; (option = call_option_nth(call, "editor", n)) != NULL; n++) {
		if (!add_editor(plan, option, why))
			return false;
	}
	if (plan->keyset.key_count == 0)
		return fail(why, USAGE, "--root FILE.pub is needed: the key that signs key sets");
	return read_quorum(call, "quorum-root", &plan->keyset.quorum_root, why) &&
	       read_quorum(call, "quorum-publish", &plan->keyset.quorum_publish, why) &&
	       read_quorum(call, "quorum-withdraw", &plan->keyset.quorum_withdraw, why);
}

/* "en,ko" as it stands in the file: "en ko". */
static struct str words_of_list(struct arena *arena, struct str list)
{
	char *words = arena_cstr(arena, list);

	for (size_t i = 0; i < list.len; i++) {
		if (words[i] == ',')
			words[i] = ' ';
	}
	return (struct str){ words, list.len };
}

static bool read_plan(struct plan *plan, const struct call *call, struct fault *why)
{
	struct str languages = str_from(call_option(call, "languages"));

	plan->arena = call->arena;
	plan->folder = call->arguments[0];
	if (!need_option(call, "site", &plan->site, why) ||
	    !need_option(call, "url", &plan->url, why))
		return false;
	plan->languages = words_of_list(plan->arena, languages.len ? languages : STR("en"));
	return read_keys(plan, call, why);
}

/* The secret goes to its file, the set names its public half. */
static struct str vkey_of(struct plan *plan, const struct secret_key *key)
{
	struct str name = arena_printf(plan->arena, "%.*s/log", STR_ARG(plan->site)), copy;
	struct buf text;

	buf_init(&text, VKEY_MAX);
	vkey_format(name, VKEY_NOTE, key->public.key, &text);
	copy = arena_copy(plan->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static bool write_log_key(struct plan *plan, const struct secret_key *key, struct fault *why)
{
	struct secret file = { NULL, 0 };
	bool ok = secret_key_format(key, NULL, &file, why) &&
		  file_create(path_in(plan, "log.key"),
			      (struct str){ (const char *)file.at, file.len }, 0600, why);

	secret_free(&file);
	return ok;
}

static bool make_keyset(struct plan *plan, const struct secret_key *log_key, struct buf *out,
			struct fault *why)
{
	struct keyset *keyset = &plan->keyset, *parsed;

	keyset->site = plan->site;
	keyset->version = 1;
	keyset->issued = clock_now();
	keyset->expires = keyset->issued + YEAR;
	keyset->log = vkey_of(plan, log_key);
	keyset_format(keyset, out);
	/* Whatever the options said that a key set cannot be is found here. */
	return keyset_parse(plan->arena, buf_str(out), &parsed, why);
}

static void write_config(const struct plan *plan, struct buf *out)
{
	buf_addf(out,
		 "# communique.conf(5); `communiqued config -c` shows every setting and its "
		 "default\n"
		 "site = %.*s\n"
		 "url = %.*s\n"
		 "languages = %.*s\n",
		 STR_ARG(plan->site), STR_ARG(plan->url), STR_ARG(plan->languages));
}

static bool make_store(const struct plan *plan, const struct config *config, struct str keyset,
		       struct fault *why)
{
	struct newsroom newsroom;
	bool ok;

	config_newsroom(config, &newsroom);
	if (!store_open(&newsroom.store, config->store, STORE_CREATE, &config->store_options, why))
		return false;
	ok = newsroom_create(&newsroom, keyset, plan->keyset.issued, why);
	store_close(&newsroom.store);
	return ok;
}

static void say_what_next(struct plan *plan, const struct hash *anchor)
{
	const char *keys = path_in(plan, "keys-1.txt");

	printf("Made %s: communique.conf, store/, log.key, keys-1.txt\n\n", plan->folder);
	printf("Key set 1 waits for its root's signature. On the root's machine:\n\n"
	       "  communique keys sign %s --key root.key\n\n"
	       "then, with both services and the web server running:\n\n"
	       "  communique keys publish %s --key root.key --server %.*s\n\n",
	       keys, keys, STR_ARG(plan->url));
	printf("Its SHA-256 is the anchor of all later trust. Print it on paper:\n\n  %s\n",
	       HASH_TEXT(anchor));
}

/* Everything that is written, in an order in which the configuration claims the folder: where
 * there is one already, nothing of that site is touched. */
static bool write_site(struct plan *plan, const struct secret_key *log_key, struct str keyset,
		       struct fault *why)
{
	const char *conf = path_in(plan, "communique.conf");
	struct config config;
	struct buf text;
	bool ok;

	buf_init(&text, CONFIG_MAX);
	write_config(plan, &text);
	ok = folder_make(plan->folder, 0755, why) && file_create(conf, buf_str(&text), 0644, why);
	buf_release(&text);
	if (!ok)
		return false;
	ok = config_read(plan->arena, conf, &config, why) && write_log_key(plan, log_key, why) &&
	     folder_make(config.desk_side.spool, 0700, why) &&
	     make_store(plan, &config, keyset, why) &&
	     file_create(path_in(plan, "keys-1.txt"), keyset, 0644, why);
	if (!ok)
		unlink(conf); /* so that it can be tried again */
	return ok;
}

bool command_init(const struct call *call, struct fault *why)
{
	struct plan *plan = arena_new(call->arena, struct plan);
	struct secret_key log_key = { .public = { .key = { 0 } } };
	struct buf keyset;
	struct hash anchor;
	bool ok;

	buf_init(&keyset, KEYSET_MAX);
	ok = read_plan(plan, call, why) && secret_key_new(&log_key, why) &&
	     make_keyset(plan, &log_key, &keyset, why) &&
	     write_site(plan, &log_key, buf_str(&keyset), why);
	anchor = hash_of(buf_str(&keyset));
	if (ok)
		say_what_next(plan, &anchor);
	secret_key_free(&log_key);
	buf_release(&keyset);
	return ok;
}
