#include "unit/newsroom/office.h"

static bool sign_keys(struct office *office, enum who who, uint32_t version, struct str file,
		      struct keyset_status *out, struct fault *why)
{
	struct act act = act_of(office, ROOT);

	return newsroom_sign_keyset(&office->room, &act, version, &office->keys[who].public.id,
				    sign_file(office, who, file), &office->arena, out, why);
}

static bool save_keys(struct office *office, uint32_t version, struct str file,
		      struct keyset_status *out, bool *created, struct fault *why)
{
	struct act act = act_of(office, ROOT);

	return newsroom_save_keyset(&office->room, &act, version, file, &office->arena, out,
				    created, why);
}

static void before_the_root_has_signed_nothing_is_in_force(void **state)
{
	struct office *office = office_founded(1);
	struct str keys = arena_copy(&office->arena, buf_str(&office->keyset));
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct keyset_status status;
	struct keyset_key key;
	struct fault told = { .kind = NO_FAULT };
	struct draft draft;

	(void)state;
	/* Those named in it may ask, so that the signature can be brought at all. */
	done(newsroom_find_key(&office->room, &office->arena, &office->keys[ROOT].public.id, &key,
			       why));
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	assert_false(sign(office, ALICE, "2026-a", file, &draft, &told));
	assert_int_equal(told.kind, DENIED);
	assert_non_null(strstr(told.says, "no key set is in force yet"));
	refused(sign_keys(office, ALICE, 1, keys, &status, why), ROLE_MISSING);
	refused(sign_keys(office, ROOT, 2, keys, &status, why), NOT_FOUND);
	refused(sign_keys(office, ROOT, 1, STR("other bytes"), &status, why), SIGNATURE_WRONG);
	done(sign_keys(office, ROOT, 1, keys, &status, why));
	assert_true(status.in_force);
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	office_close(office);
}

static void what_waits_is_the_roots_to_change(void **state)
{
	struct office *fresh = office_founded(2), *office = office_open(2);
	struct hash first = hash_of(buf_str(&office->keyset));
	struct str other = keyset_text(fresh, 1, NULL, 1), two;
	struct act alice = act_of(office, ALICE);
	struct keyset_status status;
	bool created;

	(void)state;
	/* Not even by a root: the hash of the first set is on paper. */
	refused(save_keys(fresh, 1, other, &status, &created, why), KEYS_CHANGED);
	two = keyset_text(office, 2, &first, 2);
	refused(newsroom_save_keyset(&office->room, &alice, 2, two, &office->arena, &status,
				     &created, why),
		ROLE_MISSING);
	done(save_keys(office, 2, two, &status, &created, why));
	alice = act_of(office, ALICE);
	done(newsroom_save_keyset(&office->room, &alice, 2, two, &office->arena, &status, &created,
				  why)); /* the same bytes change nothing */
	two = keyset_text(office, 2, &first, 1);
	alice = act_of(office, ALICE);
	refused(newsroom_save_keyset(&office->room, &alice, 2, two, &office->arena, &status,
				     &created, why),
		ROLE_MISSING);
	office_close(office);
	office_close(fresh);
}

static void keys_are_found_by_their_id(void **state)
{
	struct office *office = office_open(1);
	struct keyset_key key;

	(void)state;
	done(newsroom_find_key(&office->room, &office->arena, &office->keys[BOB].public.id, &key,
			       why));
	assert_true(str_equal(key.holder, STR("bob")));
	assert_int_equal(key.roles, ROLE_APPROVER);
	refused(newsroom_find_key(&office->room, &office->arena, &office->keys[LEFT].public.id,
				  &key, why),
		KEY_UNKNOWN);
	refused(newsroom_find_key(&office->room, &office->arena, &office->keys[STRANGER].public.id,
				  &key, why),
		KEY_UNKNOWN);
	office_close(office);
}

static void a_second_set_follows_the_first(void **state)
{
	struct office *office = office_open(1);
	struct hash first = hash_of(buf_str(&office->keyset)), wrong = hash_of(STR("x"));
	struct str two = keyset_text(office, 2, &first, 2);
	struct str stale = keyset_text(office, 2, &wrong, 2);
	struct str three = keyset_text(office, 3, &first, 2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct keyset_status status;
	struct draft draft;
	bool created;

	(void)state;
	refused(save_keys(office, 2, stale, &status, &created, why), KEYS_MALFORMED);
	refused(save_keys(office, 3, three, &status, &created, why), KEYS_MALFORMED);
	refused(save_keys(office, 3, two, &status, &created, why), KEYS_MALFORMED);
	done(save_keys(office, 2, two, &status, &created, why));
	assert_true(created);
	assert_false(status.in_force);
	assert_int_equal(status.have, 0);
	done(save_keys(office, 2, two, &status, &created, why));
	assert_false(created);

	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	assert_int_equal(draft.need, 1);
	done(sign_keys(office, ROOT, 2, two, &status, why));
	assert_true(status.in_force);
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	assert_int_equal(draft.need, 2);
	assert_int_equal(draft.state, DRAFT_WAITING);

	refused(save_keys(office, 1, three, &status, &created, why), KEYS_MALFORMED);
	refused(save_keys(office, 2, keyset_text(office, 2, &first, 1), &status, &created, why),
		KEYS_CHANGED);
	office_close(office);
}

static void a_revoked_key_counts_no_more_for_what_waits(void **state)
{
	struct office *office = office_open(2);
	struct hash first = hash_of(buf_str(&office->keyset));
	struct str file = release_text(office, "2026-a", "2026-11-23", ""), two;
	struct keyset_status status;
	struct draft draft;
	bool created;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, BOB, "2026-a", file, &draft, why));
	office->stolen = BOB;
	two = keyset_text(office, 2, &first, 1);
	done(save_keys(office, 2, two, &status, &created, why));
	done(sign_keys(office, ROOT, 2, two, &status, why));
	assert_true(status.in_force);
	refused(sign(office, BOB, "2026-a", file, &draft, why), SIGNATURE_WRONG);
	done(newsroom_read_draft(&office->room, draft.edition, office->now, &office->arena, &draft,
				 NULL, why));
	assert_int_equal(draft.have, 0);
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	assert_int_equal(draft.have, 1);
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	office_close(office);
}

static bool add_status(void *ctx, const struct keyset_status *status, struct str file,
		       struct fault *why)
{
	struct buf *out = ctx;

	(void)why;
	(void)file;
	buf_addf(out, "%u %s %zu/%zu\n", status->version, status->in_force ? "yes" : "no",
		 status->have, status->need);
	return true;
}

static void all_sets_are_listed(void **state)
{
	struct office *office = office_open(1);
	struct hash first = hash_of(buf_str(&office->keyset));
	struct keyset_status status;
	struct buf out;
	bool created;

	(void)state;
	done(save_keys(office, 2, keyset_text(office, 2, &first, 2), &status, &created, why));
	buf_init(&out, 1000);
	done(newsroom_visit_keysets(&office->room, add_status, &out, why));
	assert_true(str_equal(buf_str(&out), STR("1 yes 1/1\n2 no 0/1\n")));
	buf_release(&out);
	office_close(office);
}

static void a_store_belongs_to_its_site(void **state)
{
	struct office *office = office_open(1);

	(void)state;
	done(newsroom_check(&office->room, why));
	office->room.site = STR("other.example");
	refused(newsroom_check(&office->room, why), CONFLICT);
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_root_has_signed_nothing_is_in_force),
		cmocka_unit_test(what_waits_is_the_roots_to_change),
		cmocka_unit_test(keys_are_found_by_their_id),
		cmocka_unit_test(a_second_set_follows_the_first),
		cmocka_unit_test(a_revoked_key_counts_no_more_for_what_waits),
		cmocka_unit_test(all_sets_are_listed),
		cmocka_unit_test(a_store_belongs_to_its_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
