#include "route.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

#define KIND_EFFECT true
#define KIND_QUERY  false

static const struct sandbox_route routes[] = {
#define CALL(id, name, kind, repeat, method, path, en, zh) {id, #name, method, path, KIND_##kind},
#include "statecharts/calls.def"
#define CALL(id, name, kind, repeat, method, path, en, zh) {id, #name, method, path, KIND_##kind},
#include "tools/sandbox/calls_extra.def"
};

enum { ROUTES = sizeof routes / sizeof routes[0] };

const char *sandbox_value(const struct sandbox_values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++) {
        if (ps_text_is(values->items[i].name, name)) return values->items[i].text;
    }
    return "";
}

/* Cut off what stands before the first `mark`; the mark itself goes. False: nothing was left. */
static bool take_part(struct payscore_text *rest, char mark, struct payscore_text *part)
{
    const char *found;

    if (rest->data == NULL) return false;
    found = rest->size == 0 ? NULL : memchr(rest->data, mark, rest->size);
    part->data = rest->data;
    part->size = found == NULL ? rest->size : (size_t)(found - rest->data);
    if (found == NULL) {
        *rest = (struct payscore_text){NULL, 0};
    } else {
        rest->size -= part->size + 1;
        rest->data = found + 1;
    }
    return true;
}

static bool is_placeholder(struct payscore_text part)
{
    return part.size > 2 && part.data[0] == '{' && part.data[part.size - 1] == '}';
}

static bool has_value(const struct sandbox_values *values, struct payscore_text name)
{
    for (size_t i = 0; i < values->count; i++) {
        if (ps_text_equal(values->items[i].name, name)) return true;
    }
    return false;
}

static bool keep_value(struct sandbox_values *values, struct payscore_text placeholder,
                       struct payscore_text raw)
{
    struct payscore_text name = {placeholder.data + 1, placeholder.size - 2};
    char *decoded = NULL;
    bool good = values->count < SANDBOX_VALUES_MAX && raw.size > 0 && !has_value(values, name) &&
                sandbox_percent_decode(raw, &decoded) &&
                ps_text_copy(values->items[values->count].text, sizeof values->items[0].text,
                             ps_text_of(decoded));
    if (good) values->items[values->count++].name = name;
    free(decoded);
    return good;
}

bool sandbox_path_match(const char *template, struct payscore_text path,
                        struct sandbox_values *values)
{
    struct payscore_text wanted = {template, strcspn(template, "?")};
    struct payscore_text part_wanted, part;

    values->count = 0;
    while (take_part(&wanted, '/', &part_wanted)) {
        if (!take_part(&path, '/', &part)) return false;
        if (is_placeholder(part_wanted) ? !keep_value(values, part_wanted, part)
                                        : !ps_text_equal(part_wanted, part))
            return false;
    }
    return path.data == NULL;
}

/* What stands behind the template's '?'; taken apart it gives nothing when there is none. */
static struct payscore_text query_of(const char *template)
{
    const char *mark = strchr(template, '?');
    return mark == NULL ? (struct payscore_text){NULL, 0} : ps_text_of(mark + 1);
}

/* The {…} that the template's query has for a member, or an empty text. */
static struct payscore_text placeholder_of(const char *template, struct payscore_text member)
{
    struct payscore_text rest = query_of(template);
    struct payscore_text pair, name;

    while (take_part(&rest, '&', &pair)) {
        if (take_part(&pair, '=', &name) && ps_text_equal(name, member)) return pair;
    }
    return (struct payscore_text){NULL, 0};
}

static bool query_fault(struct sandbox_query_fault *fault, bool extra, struct payscore_text name)
{
    fault->extra = extra;
    if (!ps_text_copy(fault->name, sizeof fault->name, name)) fault->name[0] = '\0';
    return false;
}

bool sandbox_query_match(const char *template, struct payscore_text query,
                         struct sandbox_values *values, struct sandbox_query_fault *fault)
{
    struct payscore_text wanted = query_of(template);
    struct payscore_text pair, name;

    while (query.size > 0 && take_part(&query, '&', &pair)) {
        struct payscore_text placeholder;
        take_part(&pair, '=', &name);
        placeholder = placeholder_of(template, name);
        if (placeholder.size == 0 || !keep_value(values, placeholder, pair)) {
            return query_fault(fault, placeholder.size == 0, name);
        }
    }
    while (take_part(&wanted, '&', &pair)) {
        take_part(&pair, '=', &name);
        if (!has_value(values, (struct payscore_text){pair.data + 1, pair.size - 2})) {
            return query_fault(fault, false, name);
        }
    }
    return true;
}

/* Whether the call has every member of the query. */
static bool has_members(const struct sandbox_route *route, struct payscore_text query)
{
    struct payscore_text pair, name;

    while (query.size > 0 && take_part(&query, '&', &pair)) {
        take_part(&pair, '=', &name);
        if (placeholder_of(route->template, name).size == 0) return false;
    }
    return true;
}

enum sandbox_found sandbox_route_find(const struct sandbox_request *request,
                                      const struct sandbox_route **route,
                                      struct sandbox_values *values)
{
    enum sandbox_found found = SANDBOX_NO_PATH;

    *route = NULL;
    for (size_t i = 0; i < ROUTES; i++) {
        if (!sandbox_path_match(routes[i].template, request->path, values)) continue;
        if (found == SANDBOX_NO_PATH) found = SANDBOX_NO_METHOD;
        if (!ps_text_is(request->method, routes[i].method)) continue;
        /* Of calls that share a path, the first that has every member; of none, the first. */
        if (*route == NULL ||
            (!has_members(*route, request->query) && has_members(&routes[i], request->query)))
            *route = &routes[i];
        found = SANDBOX_FOUND;
    }
    if (*route != NULL) sandbox_path_match((*route)->template, request->path, values);
    return found;
}

const char *sandbox_call_name(int call)
{
    for (size_t i = 0; i < ROUTES; i++) {
        if (routes[i].call == call) return routes[i].name;
    }
    return "";
}

int sandbox_call_by_name(struct payscore_text name)
{
    for (size_t i = 0; i < ROUTES; i++) {
        if (ps_text_is(name, routes[i].name)) return routes[i].call;
    }
    return 0;
}
