/*
 * banned - calls that this project does without, as compile errors.
 *
 * Each has cost somebody a vulnerability or a night: it cannot know the size of
 * what it writes to (strcpy, strcat, sprintf), hides state between calls (strtok,
 * gmtime, localtime, asctime, ctime, strerror), or says 0 for "not a number"
 * (atoi and its kin). Use buf, str_cut, str_to_u64, clock.h and strerror_r instead.
 * The standard headers that declare them are included first, so that only uses
 * are caught.
 */
#ifndef COMMUNIQUE_BANNED_H
#define COMMUNIQUE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMUNIQUE_BANNED(name) communique_is_built_without_##name

#undef strcpy
#define strcpy COMMUNIQUE_BANNED(strcpy)
#undef strncpy
#define strncpy COMMUNIQUE_BANNED(strncpy)
#undef strcat
#define strcat COMMUNIQUE_BANNED(strcat)
#undef strncat
#define strncat COMMUNIQUE_BANNED(strncat)
#undef sprintf
#define sprintf COMMUNIQUE_BANNED(sprintf)
#undef vsprintf
#define vsprintf COMMUNIQUE_BANNED(vsprintf)
#undef strtok
#define strtok COMMUNIQUE_BANNED(strtok)
#undef strerror
#define strerror COMMUNIQUE_BANNED(strerror)
#undef atoi
#define atoi COMMUNIQUE_BANNED(atoi)
#undef atol
#define atol COMMUNIQUE_BANNED(atol)
#undef atoll
#define atoll COMMUNIQUE_BANNED(atoll)
#undef gmtime
#define gmtime COMMUNIQUE_BANNED(gmtime)
#undef localtime
#define localtime COMMUNIQUE_BANNED(localtime)
#undef asctime
#define asctime COMMUNIQUE_BANNED(asctime)
#undef ctime
#define ctime COMMUNIQUE_BANNED(ctime)

#endif
