/*
 * capture - a board page as captured in plain text, an import format.
 *
 *	바로가기 메뉴			shortcut menu
 *	본문 바로가기			skip to content
 *	주메뉴 바로가기			skip to main menu
 *	검색창 열기			open search
 *	[KOR]				sometimes
 *
 *	Press Releases			the board
 *
 *	<title>
 *
 *	[Date / YYYY-MM-DD / hit or Hit / <count>]	a line each; often absent
 *	[image names or alternative texts, a line each]
 *
 *	<body>
 *
 * The body is kept byte for byte but for runs of empty lines, folded to one, and
 * a final LF. What the page cannot tell is left empty and asked of the editor; nothing is
 * invented. The hit count is dropped; image lines are kept aside and reported.
 */
#ifndef COMMUNIQUE_CAPTURE_H
#define COMMUNIQUE_CAPTURE_H

#include <communique/release.h>

struct capture {
	struct str chrome_language; /* "ko", "en": of the menus, not of the text */
	struct str board;	    /* "Press Releases" */
	bool has_kind;
	enum kind kind; /* what the board's name tells */
	struct str title;
	bool has_date;
	struct date date;
	struct texts images; /* lines that name images */
	struct str body;
};

/* INVALID with the line: no chrome, no board, no title, no body, no text. */
bool capture_parse(struct arena *arena, struct str page, struct capture **out, struct fault *why);

#endif
