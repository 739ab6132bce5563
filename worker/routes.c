/*
 * Segment by segment, the first row that fits.
 */
#include "worker/routes.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *method, *pattern;
} rows[] = {
#define ROUTE(method, pattern, handler, kind) {#method, pattern},
#include "worker/routes.def"
};

static bool fits(const char *pattern, const char *path, struct ps_route_match *match)
{
    size_t taken = 0;
    while (*pattern == '/' && *path == '/') {
        size_t want = strcspn(++pattern, "/");
        size_t have = strcspn(++path, "/");
        if (pattern[0] == '{') {
            if (have == 0 || taken == PS_ROUTE_SEGMENTS_MAX) return false;
            match->segments[taken++] = (struct payscore_text){path, have};
        } else if (want != have || memcmp(pattern, path, want) != 0) {
            return false;
        }
        pattern += want;
        path += have;
    }
    return *pattern == '\0' && *path == '\0';
}

struct ps_route_match ps_routes_match(const char *method, const char *path)
{
    struct ps_route_match match = {.row = PS_ROUTE_NONE};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ps_route_match found = {.row = (int)i};
        if (!fits(rows[i].pattern, path, &found)) continue;
        if (strcmp(rows[i].method, method) == 0) return found;
        match.row = PS_ROUTE_METHOD;
    }
    return match;
}
