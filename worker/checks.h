/*
 * Rules of HTTP that libmicrohttpd leaves to its user: what could be read in two ways, by us and by
 * the proxy in front, is refused. Pure.
 */
#ifndef PS_WORKER_CHECKS_H
#define PS_WORKER_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "payscore/types.h"

enum { PS_REQUEST_HEADERS_MAX = 64, PS_REQUEST_BODY_MAX = 65536 };

struct ps_head_line {
    struct payscore_text name, value; /* `value` where it stands in the buffer behind `name`. */
};

/** A request's head as it was parsed. */
struct ps_head {
    struct payscore_text method, target, version; /* Of the request line, undecoded. */
    struct ps_head_line lines[PS_REQUEST_HEADERS_MAX];
    size_t line_count;
    size_t size; /* Bytes of the whole head as they came, with its empty line; 0: not known. */
};

/** What to answer to a request. */
struct ps_head_check {
    int status;         /* 0: go on. */
    const char *reason; /* Of a refusal; static. */
    size_t body_size;   /* Content-Length, 0 where there is none. */
};

struct ps_head_check ps_head_check(const struct ps_head *head);

/** Whether an undecoded target can be split at '/' after decoding: no encoded '/' or NUL. */
bool ps_target_is_plain(const char *target);

#endif
