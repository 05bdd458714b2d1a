/*
 * doors - asking the two doors without a socket: a newsroom to test with, a site
 * around it, and requests signed as an editor's program would.
 */
#ifndef COMMUNIQUE_TESTS_DOORS_H
#define COMMUNIQUE_TESTS_DOORS_H

#include "unit/newsroom/office.h"

#include "../../../src/web/visit.h"

#include <communique/httpsig.h>
#include <communique/log.h>

struct place {
	struct office *office;
	struct site site;
	struct house house;
	struct answer answer;
};

static inline struct place *place_open(unsigned publish)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	log_set_level(LOG_ERROR);
	place->office = office_open(publish);
	place->site = (struct site){ .name = STR("press.example"),
				     .url = STR("https://press.example"),
				     .languages = { STR("en"), STR("ko") },
				     .language_count = 2,
				     .rights = STR("free") };
	for (size_t i = 0; i < 2; i++) {
		place->site.of[i].title = STR("The Ministry");
		place->site.of[i].chrome = locale_find(place->site.languages[i]);
		assert_non_null(place->site.of[i].chrome);
	}
	place->house = (struct house){ .site = &place->site,
				       .store = place->office->room.store,
				       .newsroom = &place->office->room,
				       .ready = ready_new(READY_MAX) };
	answer_init(&place->answer);
	clock_fix(place->office->now);
	return place;
}

static inline void place_close(struct place *place)
{
	clock_fix(-1);
	answer_release(&place->answer);
	ready_free(&place->house.ready);
	office_close(place->office);
	free(place);
}

/* The later the clock, the later the next request; no two are the same. */
static inline void place_wait(struct place *place, int64_t seconds)
{
	place->office->now += seconds;
	clock_fix(place->office->now);
}

static inline enum method method_named(const char *word)
{
	switch (word[0]) {
	case 'G':
		return METHOD_GET;
	case 'H':
		return METHOD_HEAD;
	case 'D':
		return METHOD_DELETE;
	case 'P':
		return word[1] == 'U' ? METHOD_PUT : METHOD_POST;
	}
	return METHOD_OTHER;
}

static inline struct request request_for(const char *method, struct str target)
{
	struct request request = { .method = method_named(method),
				   .method_word = str_from(method),
				   .target = target,
				   .query = target };

	request.path = str_cut(&request.query, '?');
	return request;
}

static inline bool head_has(struct place *place, const char *text)
{
	struct str head = answer_head(&place->answer);

	return str_find_str(head, str_from(text)) < head.len;
}

static inline bool body_has(struct place *place, const char *text)
{
	struct str body = answer_bytes(&place->answer);

	return str_find_str(body, str_from(text)) < body.len;
}

/* A release of 2026-11-23, signed by two. */
static inline struct str place_publish(struct place *place, const char *slug, const char *more)
{
	struct office *office = place->office;
	struct str file = release_text(office, slug, "2026-11-23", more);
	struct draft draft;

	done(save(office, ALICE, slug, file, NULL, &draft, why));
	done(sign(office, ALICE, slug, file, &draft, why));
	done(sign(office, BOB, slug, file, &draft, why));
	return file;
}

/* A field's value, in the place's arena; "" when it is not there. */
static inline struct str field(struct place *place, const char *name)
{
	struct str rest = answer_head(&place->answer), value;

	while (str_given(rest)) {
		struct str line = str_cut(&rest, '\n');

		value = line;
		if (str_equal(str_cut(&value, ':'), str_from(name)))
			return arena_copy(&place->office->arena,
					  str_first(str_skip(value, 1), value.len - 2));
	}
	return STR("");
}

#endif
