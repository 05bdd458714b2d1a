/*
 * init - a new site: its configuration, an empty store, the log key, and key set 1,
 * which comes into force when its root has signed it.
 */
#include <errno.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/file.h>
#include <communique/vkey.h>

#include "config.h"
#include "user.h"

enum { YEAR = 365 * 24 * 3600 };

struct plan {
	struct arena *arena;
	const char *folder;
	struct str site, url, languages;
	struct keyset keyset;
	struct keyset_key keys[KEYSET_KEYS_MAX];
	bool is_editor[KEYSET_KEYS_MAX]; /* named with --editor, not with --root alone */
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

/* One key named both root and editor is one line of the set, with all its roles. A key that
 * two editors are said to have is a mistake in the call. */
static bool merge_key(struct plan *plan, size_t i, struct str holder, unsigned roles,
		      bool is_editor, struct fault *why)
{
	struct keyset_key *key = &plan->keys[i];

	if (is_editor && plan->is_editor[i])
		return fail(why, USAGE, "--editor %s: the key %s is %s's already", QUOTE(holder),
			    KEY_ID_TEXT(&key->key.id), QUOTE(key->holder));
	key->roles |= roles;
	if (is_editor) {
		key->holder = holder;
		plan->is_editor[i] = true;
	}
	return true;
}

static bool add_key(struct plan *plan, struct str holder, unsigned roles, bool is_editor,
		    const char *path, struct fault *why)
{
	struct keyset *keyset = &plan->keyset;
	struct public_key key;

	if (!public_key_read(path, &key, why))
		return false;
	for (size_t i = 0; i < keyset->key_count; i++) {
		if (key_id_equal(&keyset->keys[i].key.id, &key.id))
			return merge_key(plan, i, holder, roles, is_editor, why);
	}
	if (keyset->key_count == KEYSET_KEYS_MAX)
		return fail(why, USAGE, "a key set has at most %d keys", KEYSET_KEYS_MAX);
	plan->is_editor[keyset->key_count] = is_editor;
	keyset->keys[keyset->key_count++] =
		(struct keyset_key){ .key = key, .holder = holder, .roles = roles };
	return true;
}

/* As keyset.h has it; said here about the option, not about a line of a file nobody sees. */
static bool is_holder(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!is_lower(name.at[i]) && !is_digit(name.at[i]) && name.at[i] != '-')
			return false;
	}
	return name.len > 0 && name.len <= 32;
}

/* NAME:ROLES:FILE.pub */
static bool add_editor(struct plan *plan, const char *option, struct fault *why)
{
	struct str rest = str_from(option);
	struct str holder = str_cut(&rest, ':'), words = str_cut(&rest, ':');
	struct fault inside;
	unsigned roles;

	if (!str_given(rest) || rest.len == 0)
		return fail(why, USAGE, "--editor wants NAME:ROLES:FILE.pub, not \"%s\"",
			    QUOTE(str_from(option)));
	if (!is_holder(holder))
		return fail(why, USAGE, "--editor %s: a name has 1 to 32 of a-z, 0-9 and hyphen",
			    QUOTE(holder));
	if (!role_parse(words, &roles, &inside))
		return fail(why, USAGE, "--editor %s: %s", QUOTE(holder), inside.says);
	return add_key(plan, holder, roles, true, arena_cstr(plan->arena, rest), why);
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

/* Whether all holders together are enough. */
static bool check_quorum(const struct keyset *keyset, enum quorum_of of, const char *option,
			 struct fault *why)
{
	const char *who = of == QUORUM_ROOT ? "--root" : "--editor";
	struct quorum quorum;

	quorum_begin(&quorum, keyset, of);
	for (size_t i = 0; i < keyset->key_count; i++)
		quorum_add(&quorum, &keyset->keys[i].key.id);
	if (quorum_reached(&quorum))
		return true;
	if (quorum.have == 0)
		return fail(why, USAGE, "--%s is %zu, but no %s can sign: give %s", option,
			    (size_t)quorum.need, who,
			    of == QUORUM_ROOT ? "--root FILE.pub"
					      : "--editor NAME:author:FILE.pub");
	if (quorum.have < quorum.need)
		return fail(why, USAGE, "--%s is %zu, but only %zu holder%s can sign: give more %s",
			    option, (size_t)quorum.need, (size_t)quorum.have,
			    quorum.have == 1 ? "" : "s", who);
	return fail(why, USAGE,
		    "--%s is %zu: one of the editors must then be an approver "
		    "(--editor NAME:approver:FILE.pub)",
		    option, (size_t)quorum.need);
}

static bool check_quorums(const struct keyset *keyset, struct fault *why)
{
	return check_quorum(keyset, QUORUM_ROOT, "quorum-root", why) &&
	       check_quorum(keyset, QUORUM_PUBLISH, "quorum-publish", why) &&
	       check_quorum(keyset, QUORUM_WITHDRAW, "quorum-withdraw", why);
}

static bool read_keys(struct plan *plan, const struct call *call, struct fault *why)
{
	const char *option;

	plan->keyset.keys = plan->keys;
	for (size_t n = 0; (option = call_option_nth(call, "root", n)) != NULL; n++) {
		/* Several roots are several holders. */
		struct str holder = n ? arena_printf(plan->arena, "root-%zu", n + 1) : STR("root");

		if (!add_key(plan, holder, ROLE_ROOT, false, option, why))
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
	       read_quorum(call, "quorum-withdraw", &plan->keyset.quorum_withdraw, why) &&
	       check_quorums(&plan->keyset, why);
}

/* "en,ko" as it stands in the file: "en ko". */
static bool read_languages(struct plan *plan, struct str list, struct fault *why)
{
	struct str rest = list, seen[SITE_LANGUAGES_MAX];
	size_t count = 0;

	plan->languages = STR("");
	while (str_given(rest)) {
		struct str language = str_cut(&rest, ',');

		if (!language_valid(language))
			return fail(why, USAGE,
				    "--languages wants tags with commas between, such as en,ko: "
				    "\"%s\" is none",
				    QUOTE(language));
		for (size_t i = 0; i < count; i++) {
			if (str_equal(seen[i], language))
				return fail(why, USAGE, "--languages: %s stands twice",
					    QUOTE(language));
		}
		if (count == SITE_LANGUAGES_MAX)
			return fail(why, USAGE, "--languages: a site has at most %d",
				    SITE_LANGUAGES_MAX);
		seen[count++] = language;
		plan->languages = arena_printf(plan->arena, "%.*s%s%.*s", STR_ARG(plan->languages),
					       count > 1 ? " " : "", STR_ARG(language));
	}
	return true;
}

static bool read_names(struct plan *plan, const struct call *call, struct fault *why)
{
	if (!need_option(call, "site", &plan->site, why) ||
	    !need_option(call, "url", &plan->url, why))
		return false;
	if (!config_is_site(plan->site))
		return fail(why, USAGE,
			    "--site wants a host name in lower case such as press.example, "
			    "not \"%s\"",
			    QUOTE(plan->site));
	if (!config_is_url(plan->url))
		return fail(why, USAGE,
			    "--url wants an address such as https://press.example, without a "
			    "slash at the end, not \"%s\"",
			    QUOTE(plan->url));
	return true;
}

static bool read_plan(struct plan *plan, const struct call *call, struct fault *why)
{
	const char *languages = call_option(call, "languages");

	plan->arena = call->arena;
	plan->folder = call->arguments[0];
	return read_names(plan, call, why) &&
	       read_languages(plan, languages ? str_from(languages) : STR("en"), why) &&
	       read_keys(plan, call, why);
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

static bool make_preview_key(const struct config *config, struct fault *why)
{
	struct secret key;
	bool ok = config_open_preview_key(config, &key, why);

	if (ok)
		secret_free(&key);
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
	buf_addf(
		out,
		"# communique.conf(5); `communiqued config -c` shows every setting and its "
		"default\n"
		"site = %.*s\n"
		"url = %.*s\n"
		"languages = %.*s\n"
		"\n"
		"# The sockets are in this folder unless said otherwise. The web server must reach "
		"them:\n"
		"# it needs to be in socket-group, and to get through all folders above.\n"
		"# public-socket = /run/communique/public.sock\n"
		"# desk-socket = /run/communique/desk.sock\n"
		"# socket-group = www-data\n",
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
	unsigned roots = plan->keyset.quorum_root;

	printf("Made %s: communique.conf, store/, log.key, preview.key, keys-1.txt\n\n",
	       plan->folder);
	printf("Key set 1 waits for the signature%s of %u root%s. Copy %s\nto the root's machine; "
	       "there:\n\n"
	       "  communique keys sign keys-1.txt --key root.key\n\n"
	       "Bring keys-1.txt.minisig back, to beside keys-1.txt. Then, with both services and "
	       "the\nweb server running (any key of the set will do):\n\n"
	       "  communique keys publish %s --key root.key --server %.*s\n\n",
	       roots == 1 ? "" : "s", roots, roots == 1 ? "" : "s", keys, keys, STR_ARG(plan->url));
	printf("Its SHA-256 is the anchor of all later trust. Print it on paper:\n\n  %s\n",
	       HASH_TEXT(anchor));
}

/* --- nothing is left of what was refused ------------------------------------------------- */

static const char *const made[] = { "communique.conf", "log.key", "preview.key",
				    "spool",	       "store",	  "keys-1.txt" };
enum { MADE = sizeof made / sizeof *made };

/* What was there before: of that nothing is taken away. */
struct before {
	bool folder, of[MADE];
};

static struct before look_before(struct plan *plan)
{
	struct before before = { .folder = path_is_there(plan->folder) };

	for (size_t i = 0; i < MADE; i++)
		before.of[i] = path_is_there(path_in(plan, made[i]));
	return before;
}

static void take_back(struct plan *plan, const struct before *before)
{
	for (size_t i = 0; i < MADE; i++) {
		if (!before->of[i])
			folder_remove(path_in(plan, made[i]), NULL);
	}
}

/* Everything that is written, in an order in which the configuration claims the folder: where
 * there is one already, nothing of that site is touched. */
static bool write_site(struct plan *plan, const struct secret_key *log_key, struct str keyset,
		       struct fault *why)
{
	const char *conf = path_in(plan, "communique.conf");
	struct before before = look_before(plan);
	struct config config;
	struct buf text;
	bool claimed, ok;

	buf_init(&text, CONFIG_MAX);
	write_config(plan, &text);
	/* What root makes in a folder of the desk's is the desk's. */
	claimed = user_become_owner(plan->folder, why) && folder_make(plan->folder, 0755, why) &&
		  file_create(conf, buf_str(&text), 0644, why);
	buf_release(&text);
	ok = claimed && config_read(plan->arena, conf, &config, why) &&
	     write_log_key(plan, log_key, why) && make_preview_key(&config, why) &&
	     folder_make(config.desk_side.spool, 0700, why) &&
	     make_store(plan, &config, keyset, why) &&
	     file_create(path_in(plan, "keys-1.txt"), keyset, 0644, why);
	if (claimed && !ok)
		take_back(plan, &before);
	if (!ok && !before.folder)
		rmdir(plan->folder);
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
