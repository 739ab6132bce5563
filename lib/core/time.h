/*
 * The platform's time formats. Inside, a time is int64_t milliseconds since 1970-01-01 UTC; the
 * platform's compact times are Beijing time (UTC+08:00, no daylight saving), never the host's zone.
 * Pure: no clock, no locale, no libc time functions. Source: reference payscore.md 2.2, apiv3.md 1.
 */
#ifndef PS_CORE_TIME_H
#define PS_CORE_TIME_H

#include <stdbool.h>

#include "payscore/types.h"

enum { PS_COMPACT_SIZE = 14, PS_RFC3339_SIZE = 29 };

/** yyyyMMddHHmmss or yyyyMMdd, Beijing time. False if it is neither or names no real moment. */
bool ps_time_from_compact(struct payscore_text text, int64_t *ms);

/** RFC 3339 with a zone: Z or ±hh:mm, seconds with or without a fraction. */
bool ps_time_from_rfc3339(struct payscore_text text, int64_t *ms);

/** yyyyMMddHHmmss in Beijing time and a NUL. Years 1970 to 9999. */
void ps_time_to_compact(int64_t ms, char out[PS_COMPACT_SIZE + 1]);

/** yyyy-MM-ddTHH:mm:ss.SSS+08:00 and a NUL. Years 1970 to 9999. */
void ps_time_to_rfc3339(int64_t ms, char out[PS_RFC3339_SIZE + 1]);

/** The Date header's form (Sun, 06 Nov 1994 08:49:37 GMT). */
bool ps_time_from_http_date(struct payscore_text text, int64_t *ms);

#endif
