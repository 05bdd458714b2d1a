#include "records.h"

#include <communique/frontier.h>

#define FIRST STR("first")
#define SECOND STR("second")

struct scene {
	struct office office;
	struct chronicle log;
};

/* Key set 1 is in the log. */
static int begin(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct leaf leaf;

	office_begin(&scene->office);
	chronicle_init(&scene->log);
	office_keyset(&scene->office, 1, -1, 0);
	leaf = leaf_of_keys(&scene->office, 1);
	*state = scene;
	return chronicle_add(&scene->log, &leaf, scene->office.sets[0], NULL) ? 0 : -1;
}

static int end(void **state)
{
	struct scene *scene = *state;

	chronicle_free(&scene->log);
	office_end(&scene->office);
	free(scene);
	return 0;
}

#define assert_added(scene, leaf, file) assert_true(chronicle_add(&(scene)->log, leaf, file, NULL))
#define assert_broken(scene, leaf, file, kind, words)                                              \
	do {                                                                                       \
		struct fault why_;                                                                 \
		bool ok_ = chronicle_add(&(scene)->log, leaf, file, &why_);                        \
		assert_refused(ok_, why_, kind, words);                                            \
	} while (0)

static void an_honest_log_keeps_to_the_rules(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, FIRST, APPROVER);
	const struct chronicle_release *release;

	assert_added(scene, &one, FIRST);
	assert_added(scene, &two, STR_NONE);
	release = chronicle_find(&scene->log, one.id);
	assert_int_equal(release->revision, 2);
	assert_int_equal(release->index, 2);
	assert_hash(&release->hash, &two.hash);
	assert_null(chronicle_find(&scene->log, STR("f123456789abcdef0123456789abcdef")));
}

static void a_revision_that_is_missing_is_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf three = leaf_of_file(&scene->office, 3, SECOND, FIRST, AUTHOR);

	assert_added(scene, &one, FIRST);
	assert_broken(scene, &three, SECOND, INVALID, "3 follows 1: one is missing");
	/* What it says is remembered, so that each fault is told once. */
	assert_int_equal(chronicle_find(&scene->log, one.id)->revision, 3);
}

static void two_leaves_that_were_swapped_are_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, FIRST, AUTHOR);

	assert_broken(scene, &two, SECOND, INVALID, "2 follows 0");
	assert_broken(scene, &one, FIRST, INVALID, "1 follows 2");
}

static void a_revision_of_another_file_is_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, STR("replaced"), AUTHOR);

	assert_added(scene, &one, FIRST);
	assert_broken(scene, &two, SECOND, INVALID, "another file as the one before");
}

static void a_file_that_was_replaced_is_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);

	assert_broken(scene, &one, SECOND, INVALID, "not the one that the log names");
}

static void what_is_backdated_is_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, FIRST, AUTHOR);

	two.time = one.time - 1;
	assert_added(scene, &one, FIRST);
	assert_broken(scene, &two, SECOND, INVALID, "time goes back");
	/* And the latest moment stays what is compared with. */
	assert_int_equal(scene->log.time, one.time);
}

static void signatures_that_do_not_count_are_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf stranger = leaf_of_file(&scene->office, 1, FIRST, FIRST, THIEF);
	struct leaf root = leaf_of_file(&scene->office, 1, FIRST, FIRST, ROOT);
	struct leaf other = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);

	assert_broken(scene, &stranger, FIRST, KEY_UNKNOWN, "is not in key set 1");
	set_release(&scene->log.ids);
	assert_broken(scene, &root, FIRST, DENIED, "0 of 1 holders signed it");
	set_release(&scene->log.ids);
	other.signatures[0].bytes[0] ^= 1;
	assert_broken(scene, &other, STR_NONE, SIGNATURE_WRONG, "has not signed this");
}

/* Copied into another leaf they still are somebody's; only the file shows over what. */
static void signatures_of_another_file_are_seen_when_it_can_be_had(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf_place place = chronicle_place(&scene->log, &one);
	struct leaf forged = one;
	struct fault why;

	forged.hash = hash_of(SECOND);
	assert_added(scene, &forged, STR_NONE);
	assert_refused(chronicle_hold(&scene->log, &forged, &place, SECOND, &why), why,
		       SIGNATURE_WRONG, "has not signed these bytes");
	assert_refused(chronicle_hold(&scene->log, &forged, &place, FIRST, &why), why, INVALID,
		       "not the one that the log names");
	assert_true(chronicle_hold(&scene->log, &one, &place, FIRST, NULL));
	one.keys = 2;
	assert_refused(chronicle_hold(&scene->log, &one, &place, FIRST, &why), why, INVALID,
		       "key set 2");
}

/* A reinstated release is there again; what its kill took is not. */
static void the_last_kill_is_remembered(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, FIRST, APPROVER);
	struct leaf three = leaf_of_file(&scene->office, 3, FIRST, SECOND, AUTHOR);

	two.change = STR("kill");
	three.change = STR("reinstatement");
	assert_added(scene, &one, FIRST);
	assert_int_equal(chronicle_find(&scene->log, one.id)->kill, 0);
	assert_added(scene, &two, STR_NONE);
	assert_added(scene, &three, FIRST);
	assert_int_equal(chronicle_find(&scene->log, one.id)->kill, 2);
	assert_false(chronicle_find(&scene->log, one.id)->killed);
}

static void a_key_set_the_log_does_not_have_is_seen(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);

	one.keys = 2;
	assert_broken(scene, &one, FIRST, INVALID, "key set 2, which the log did not have");
}

static void key_sets_follow_each_other(void **state)
{
	struct scene *scene = *state;
	struct leaf two, forged;

	office_keyset(&scene->office, 2, -1, 0);
	forged = leaf_of_keys(&scene->office, 2);
	forged.signature_count = 0;
	leaf_sign(&scene->office, &forged, AUTHOR, scene->office.sets[1]);
	assert_broken(scene, &forged, scene->office.sets[1], DENIED, "0 of 1 roots");
	assert_int_equal(scene->log.keys.count, 1);
	two = leaf_of_keys(&scene->office, 2);
	assert_added(scene, &two, scene->office.sets[1]);
	assert_int_equal(keychain_last(&scene->log.keys)->version, 2);
	assert_broken(scene, &two, scene->office.sets[1], INVALID, "2 follows 2");
	assert_broken(scene, &two, STR_NONE, NOT_FOUND, "cannot be had");
}

static void a_log_begins_with_key_set_1(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct chronicle empty;
	struct fault why;
	bool ok;

	chronicle_init(&empty);
	ok = chronicle_add(&empty, &one, FIRST, &why);
	assert_refused(ok, why, INVALID, "begins with key set 1");
	chronicle_free(&empty);
}

/* The thief chooses the time he signs; the index he cannot. */
static void a_stolen_key_disputes_what_it_signed_from_its_index_on(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, FIRST, AUTHOR);
	const struct keyset_key *by;
	struct leaf keys;

	assert_added(scene, &one, FIRST);
	assert_added(scene, &two, SECOND);
	assert_false(keychain_disputes(&scene->log.keys, &two, 2, &by));
	office_keyset(&scene->office, 2, AUTHOR, 2);
	keys = leaf_of_keys(&scene->office, 2);
	keys.time = two.time;
	assert_added(scene, &keys, scene->office.sets[1]);
	assert_false(keychain_disputes(&scene->log.keys, &one, 1, &by));
	assert_true(keychain_disputes(&scene->log.keys, &two, 2, &by));
	assert_true(str_equal(by->holder, STR("author")));
	/* With another's signature beside it there still is a quorum. */
	leaf_sign(&scene->office, &two, APPROVER, SECOND);
	assert_false(keychain_disputes(&scene->log.keys, &two, 2, &by));
}

#define EMBARGOED                                                                                  \
	STR("Site: press.example\nRelease: 2026-11-23-later\nLanguage: en\nRevision: 1\n"          \
	    "Date: 2026-11-23\nKind: press-release\nTitle: Later\n"                                \
	    "Publish-At: 2026-11-24T00:00:00Z\n\n1. Held back.\n")
#define LIFT 1795478400

/* Key set 2 revokes the author from its own place in the log on. */
static void revoke_author(struct scene *scene, enum key_state state)
{
	struct leaf keys;

	office_revoke(&scene->office, 2, AUTHOR, state, 1);
	keys = leaf_of_keys(&scene->office, 2);
	assert_added(scene, &keys, scene->office.sets[1]);
}

/* Whatever the word: a thief may have the key of somebody who left. */
static void a_revoked_key_publishes_nothing_under_a_set_of_old(void **state)
{
	static const enum key_state states[] = { KEY_LEFT, KEY_LOST, KEY_COMPROMISED };

	end(state);
	for (size_t i = 0; i < 3; i++) {
		struct leaf forged, honest;
		struct scene *scene;

		assert_int_equal(begin(state), 0);
		scene = *state;
		forged = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
		honest = leaf_of_file(&scene->office, 1, FIRST, FIRST, APPROVER);
		revoke_author(scene, states[i]);
		assert_broken(scene, &forged, FIRST, DENIED,
			      "by key set 2, in force at its place in the log, 0 of 1");
		set_release(&scene->log.ids);
		assert_added(scene, &honest, FIRST);
		if (i < 2)
			end(state);
	}
}

/* What was signed before stays signed, also when it becomes public later: at its moment. */
static void what_was_held_back_stands_by_its_own_key_set(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, EMBARGOED, FIRST, AUTHOR);
	struct leaf two = leaf_of_file(&scene->office, 2, SECOND, EMBARGOED, AUTHOR);

	revoke_author(scene, KEY_LEFT);
	one.time = LIFT + 1;
	assert_broken(scene, &one, EMBARGOED, DENIED, "was not held back since before");
	set_release(&scene->log.ids);
	scene->log.time = one.time = LIFT;
	assert_added(scene, &one, EMBARGOED);
	assert_int_equal(keychain_standing(&scene->log.keys, &one, 2, LIFT, NULL), STANDS_HELD);
	/* A revision never precedes the one before, so it waited with it; and not a second more. */
	two.time = LIFT;
	assert_added(scene, &two, SECOND);
	two.revision = 3;
	two.previous = two.hash;
	two.time = LIFT + 1;
	assert_broken(scene, &two, SECOND, DENIED, "was not held back since before");
}

static void an_expired_key_set_publishes_nothing(void **state)
{
	struct scene *scene = *state;
	struct leaf one = leaf_of_file(&scene->office, 1, FIRST, FIRST, AUTHOR);
	int64_t expires = keychain_last(&scene->log.keys)->expires;

	one.time = expires;
	assert_broken(scene, &one, FIRST, DENIED, "key set 1 had expired at 2030-");
	set_release(&scene->log.ids);
	scene->log.time = 0;
	one.time = expires - 1;
	assert_added(scene, &one, FIRST);
}

/* Against the slow reference, at every size. */
static void a_frontier_has_the_root_of_its_leaves(void **state)
{
	struct frontier frontier = { .size = 0 };
	struct hash leaves[600], root, expected;

	(void)state;
	for (uint64_t n = 0; n <= 600; n++) {
		root = frontier_root(&frontier);
		expected = merkle_root_of(leaves, n);
		assert_int_equal(frontier.size, n);
		assert_hash(&root, &expected);
		if (n == 600)
			break;
		leaves[n] = merkle_leaf((struct str){ (const char *)&n, sizeof n });
		frontier_add(&frontier, &leaves[n]);
	}
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(an_honest_log_keeps_to_the_rules),
		SCENE(a_revision_that_is_missing_is_seen),
		SCENE(two_leaves_that_were_swapped_are_seen),
		SCENE(a_revision_of_another_file_is_seen),
		SCENE(a_file_that_was_replaced_is_seen),
		SCENE(what_is_backdated_is_seen),
		SCENE(signatures_that_do_not_count_are_seen),
		SCENE(signatures_of_another_file_are_seen_when_it_can_be_had),
		SCENE(the_last_kill_is_remembered),
		SCENE(a_key_set_the_log_does_not_have_is_seen),
		SCENE(key_sets_follow_each_other),
		SCENE(a_log_begins_with_key_set_1),
		SCENE(a_stolen_key_disputes_what_it_signed_from_its_index_on),
		SCENE(a_revoked_key_publishes_nothing_under_a_set_of_old),
		SCENE(what_was_held_back_stands_by_its_own_key_set),
		SCENE(an_expired_key_set_publishes_nothing),
		cmocka_unit_test(a_frontier_has_the_root_of_its_leaves),
	};

	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
