/*
 * Which call a method and a path mean, and the values in them. The calls are the rows of
 * statecharts/calls.def (and calls_extra.def); no path is written here.
 */
#ifndef SANDBOX_ROUTE_H
#define SANDBOX_ROUTE_H

#include "core/chart.h"
#include "exchange.h"

enum {
    SANDBOX_VALUES_MAX = 4,
    SANDBOX_VALUE_MAX = 512, /* A query_id; every other value is shorter. */
    SANDBOX_CALLS_LIMIT = 32,
};

/** The calls by name, with the ids of their rows. */
enum sandbox_call_id {
#define CALL(id, name, kind, repeat, method, path, en, zh) SANDBOX_CALL_##name = (id),
#include "statecharts/calls.def"
#define CALL(id, name, kind, repeat, method, path, en, zh) SANDBOX_CALL_##name = (id),
#include "tools/sandbox/calls_extra.def"
};

/** The values that stood where a template has {name}; percent-decoded. */
struct sandbox_values {
    size_t count;
    struct {
        struct payscore_text name; /* Into the template. */
        char text[SANDBOX_VALUE_MAX + 1];
    } items[SANDBOX_VALUES_MAX];
};

/** The value of this name, "" when there is none. */
const char *sandbox_value(const struct sandbox_values *values, const char *name);

/** Whether `path` has the form of `template` (up to its '?'); fills values. */
bool sandbox_path_match(const char *template, struct payscore_text path,
                        struct sandbox_values *values);

/** What a query lacks or has too much. */
struct sandbox_query_fault {
    bool extra;
    char name[64];
};

/** Read the query as the template says (behind its '?'): every member once, no other. */
bool sandbox_query_match(const char *template, struct payscore_text query,
                         struct sandbox_values *values, struct sandbox_query_fault *fault);

enum sandbox_found { SANDBOX_FOUND, SANDBOX_NO_PATH, SANDBOX_NO_METHOD };

struct sandbox_route {
    int call; /* enum sandbox_call_id */
    const char *name, *method, *template;
    bool effect;
};

enum sandbox_found sandbox_route_find(const struct sandbox_request *request,
                                      const struct sandbox_route **route,
                                      struct sandbox_values *values);

/** The name of a call, "" for none; the call of a name, 0 for none. */
const char *sandbox_call_name(int call);
int sandbox_call_by_name(struct payscore_text name);

#endif
