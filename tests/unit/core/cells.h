/*
 * How a cell of cells_<chart>.def becomes a header, an input and what is expected of the step. Part
 * of test_cells.c, which is too long for one file.
 */
#ifndef TEST_UNIT_CORE_CELLS_H
#define TEST_UNIT_CORE_CELLS_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "core/step.h"

#define NOW      INT64_C(1772330400000)
#define PLATFORM (NOW - 5000)
enum { VERSION = 4, CALL_ENTRY = 90, WORD_MAX = 32 };
enum { MINUTE = 60000, HOUR = 3600000, DAY = 86400000 };

enum due { DUE_AS_IT_GOES, DUE_NOW, DUE_LATER };

struct cell {
    unsigned line;
    uint16_t row;
    const char *state, *event, *given;
    enum payscore_verdict verdict;
    const char *next, *expected;
};

struct owed {
    const char *state;
    uint8_t lane, call;
};

struct table {
    const struct ps_chart *chart;
    const char *file;
    const struct cell *cells;
    size_t cell_count;
    const struct owed *owed;
    size_t owed_count;
};

struct scene {
    struct ps_record old;
    struct ps_input in;
    bool late;
};

/* What a step should come to; the fields as in struct ps_step. */
struct expected {
    struct ps_record next;
    bool keep_request, hand_over;
    uint8_t render;
    enum due due;
    uint8_t tell_count;
    struct ps_tell tells[PS_TELLS_PER_STEP_MAX];
};

static const struct payscore_id SENDER = {.birth_ms = 55, .counter = 6, .home = 7};
static const struct payscore_id NOBODY;

/* Words. */

struct word {
    char name[WORD_MAX];
    bool has_value;
    int64_t value;
};

static int64_t unit_of(char suffix)
{
    switch (suffix) {
    case 's': return 1000;
    case 'm': return MINUTE;
    case 'h': return HOUR;
    case 'd': return DAY;
    default: return 1;
    }
}

/* A number, a span of time as "-5m", or the name of a reason, a hold, a call or an event. */
static int64_t value_of(const char *text)
{
    if (isdigit((unsigned char)text[strspn(text, "-")]) != 0) {
        char *end;
        int64_t number = strtoll(text, &end, 10);
        return number * unit_of(*end);
    }
    for (uint16_t id = 1; id < UINT8_MAX; id++) {
        if (strcmp(ps_reason_name(id), text) == 0 || strcmp(ps_hold_name(id), text) == 0 ||
            strcmp(ps_call_name((uint8_t)id), text) == 0 || strcmp(ps_event_name(id), text) == 0)
            return id;
    }
    fail_msg("nothing is called %s", text);
    return 0;
}

/* The next word of `*text`, which moves on; false: there is none. */
static bool next_word(const char **text, struct word *word)
{
    *text += strspn(*text, " ");
    size_t size = strcspn(*text, " ");
    if (size == 0) return false;
    assert_true(size < sizeof word->name);
    memcpy(word->name, *text, size);
    word->name[size] = '\0';
    *text += size;
    char *value = strchr(word->name, '=');
    word->has_value = value != NULL;
    if (value == NULL) return true;
    *value = '\0';
    word->value = value_of(value + 1);
    return true;
}

static bool is(const struct word *word, const char *name)
{
    return strcmp(word->name, name) == 0;
}

static void set_given(struct scene *s, const struct word *word)
{
    bool known = false;
    int64_t v = 0;
#define GIVEN(name, v_, place, value_)                                                             \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        v = word->has_value ? word->value : (v_);                                                  \
        s->place = (value_);                                                                       \
    }
#define FLAG(name, flag)                                                                           \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        s->old.flags |= PS_FLAG_##flag;                                                            \
    }
#include "unit/core/cell_given.def"
    (void)v;
    if (!known) fail_msg("no cell can begin with \"%s\"", word->name);
}

static void set_expected(struct expected *e, const struct word *word, const struct ps_record *old,
                         const struct ps_input *in)
{
    bool known = false;
    int64_t v = 0;
#define EXPECT(name, v_, place, value_)                                                            \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        v = word->has_value ? word->value : (v_);                                                  \
        e->place = (value_);                                                                       \
    }
#define SETS(name, flag)                                                                           \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        e->next.flags |= PS_FLAG_##flag;                                                           \
    }
#define CLEARS(name, flag)                                                                         \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        e->next.flags &= (uint16_t)~PS_FLAG_##flag;                                                \
    }
#include "unit/core/cell_expected.def"
    (void)v;
    if (!known) fail_msg("no cell can expect \"%s\"", word->name);
}

/* What a cell begins with. */

static const struct ps_state *state_named(const struct ps_chart *chart, const char *name)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && strcmp(state->name, name) == 0) return state;
    }
    fail_msg("%s has no state %s", chart->name, name);
    return NULL;
}

static uint16_t event_named(const struct ps_chart *chart, const char *name)
{
    for (uint16_t i = 0; i < chart->event_count; i++)
        if (strcmp(ps_event_name(chart->events[i]), name) == 0) return chart->events[i];
    fail_msg("%s has no event %s", chart->name, name);
    return 0;
}

static const struct owed *owed_in(const struct table *t, const char *state)
{
    static const struct owed nothing = {"", PAYSCORE_LANE_NONE, PS_CALL_none};
    for (size_t i = 0; i < t->owed_count; i++)
        if (strcmp(t->owed[i].state, state) == 0) return &t->owed[i];
    return &nothing;
}

static uint8_t usual_carrier(enum ps_event_kind kind)
{
    static const uint8_t carriers[] = {
        [PS_KIND_COMMAND] = PAYSCORE_CARRIER_COMMAND, [PS_KIND_VIEW] = PAYSCORE_CARRIER_QUERY,
        [PS_KIND_ANSWER] = PAYSCORE_CARRIER_REPLY,    [PS_KIND_LOOK] = PAYSCORE_CARRIER_QUERY,
        [PS_KIND_TIME] = PAYSCORE_CARRIER_TIME,       [PS_KIND_TELL] = PAYSCORE_CARRIER_TELL};
    return carriers[kind];
}

static void be_in(struct scene *s, const struct table *t, const struct ps_state *state)
{
    const struct owed *owed = owed_in(t, state->name);
    s->old.layout = PS_RECORD_LAYOUT;
    s->old.chart = t->chart->id;
    s->old.state = state->id;
    if (state->kind == PS_STATE_INITIAL) return;
    s->old.version = VERSION;
    s->old.since_ms = NOW - 1000;
    s->old.platform_ms = PLATFORM;
    s->old.due_lane = owed->lane;
    s->old.call = owed->call;
    s->old.due_at_ms = owed->lane == PAYSCORE_LANE_NONE ? 0 : NOW - 1;
    s->old.call_entry = CALL_ENTRY;
    s->old.revision = t->chart->revision;
}

static struct scene scene_of(const struct table *t, const struct cell *cell,
                             const struct ps_state *state)
{
    struct scene s;
    struct word word;
    memset(&s, 0, sizeof s);
    be_in(&s, t, state);
    if (t->chart->id != PS_CHART_preauthorization) {
        memcpy(s.old.openid, "oUser", 5);
        s.old.openid_size = 5;
    }
    s.in = (struct ps_input){.event = event_named(t->chart, cell->event),
                             .reason = PS_REASON_state,
                             .begun_version = s.old.version,
                             .begun_ms = NOW,
                             .call_entry = CALL_ENTRY,
                             .now_ms = NOW,
                             .expires_ms = NOW + HOUR,
                             .code = PAYSCORE_TEXT("AUTH7"),
                             .wish = {.risk_fen = 3000}};
    enum ps_event_kind kind = ps_event_kind(s.in.event);
    s.in.carrier = usual_carrier(kind);
    if (kind == PS_KIND_TELL) s.in.sender = SENDER;
    for (const char *text = cell->given; next_word(&text, &word);)
        set_given(&s, &word);
    bool asks_only = s.old.due_lane != PAYSCORE_LANE_EFFECT;
    if (s.in.carrier == PAYSCORE_CARRIER_REPLY || s.in.carrier == PAYSCORE_CARRIER_QUERY)
        s.in.call = s.in.carrier == PAYSCORE_CARRIER_REPLY || asks_only ? s.old.call : UINT8_MAX;
    s.in.attempt = (uint16_t)(s.late ? UINT16_MAX : s.old.attempts);
    return s;
}

static bool answers_what_is_owed(const struct scene *s)
{
    if (s->in.call == PS_CALL_none || s->in.call != s->old.call) return false;
    return s->in.carrier == PAYSCORE_CARRIER_QUERY ||
           (!s->late && s->in.call_entry == s->old.call_entry);
}

/* What a cell comes to. */

static void put_text(char *to, uint8_t *size, size_t room, struct payscore_text text)
{
    if (text.size == 0) return;
    memset(to, 0, room);
    memcpy(to, text.data, text.size);
    *size = (uint8_t)text.size;
}

static void expect_booked(struct ps_record *next, const struct scene *s)
{
    const struct ps_view *view = &s->in.view;
    bool order = s->old.chart == PS_CHART_service_order;
    if (view->has_total) next->total_fen = view->total_fen;
    if (view->has_total) next->flags |= PS_FLAG_TOTAL_SEEN;
    if (order) next->flags |= PS_FLAG_SEEN;
    if (s->in.event == PS_EVENT_seen_done) next->flags |= PS_FLAG_DONE_SEEN;
    if (view->has_paid) next->paid_fen = view->paid_fen;
    if (view->paid_type != PS_PAID_NONE) next->paid_type = view->paid_type;
    if (view->platform_ms > next->platform_ms) next->platform_ms = view->platform_ms;
    put_text(next->transaction_id, &next->transaction_id_size, sizeof next->transaction_id,
             view->transaction_id);
    if (next->openid_size == 0)
        put_text(next->openid, &next->openid_size, sizeof next->openid, view->openid);
}

static void expect_tell(struct expected *e, enum ps_chart_id chart, int64_t event,
                        const struct payscore_id *target)
{
    struct ps_tell *tell = &e->tells[e->tell_count++];
    tell->chart = (uint16_t)chart;
    tell->event = (uint16_t)event;
    tell->target = *target;
}

/* Words that take more than a place; false: it is not one of them. */
static bool expect_more(struct expected *e, const struct word *word, const struct scene *s)
{
    if (is(word, "booked"))
        expect_booked(&e->next, s);
    else if (is(word, "tell"))
        expect_tell(e, PS_CHART_authorization, word->value, &NOBODY);
    else if (is(word, "answer"))
        expect_tell(e, PS_CHART_service_order, word->value, &s->old.asker);
    else if (is(word, "send"))
        expect_tell(e, PS_CHART_service_order, word->value, &SENDER);
    else if (is(word, "code"))
        put_text(e->next.number, &e->next.number_size, sizeof e->next.number, s->in.code);
    else if (is(word, "no_code"))
        memset(e->next.number, e->next.number_size = 0, sizeof e->next.number);
    else
        return false;
    return true;
}

static struct expected expected_of(const struct table *t, const struct cell *cell,
                                   const struct scene *s, const struct ps_state *state)
{
    struct expected e;
    struct word word;
    memset(&e, 0, sizeof e);
    e.next = s->old;
    bool moves = strcmp(cell->next, "_") != 0 && strcmp(cell->next, state->name) != 0;
    const struct ps_state *next = moves ? state_named(t->chart, cell->next) : state;
    const struct owed *owed = owed_in(t, next->name);
    if (cell->verdict == PAYSCORE_TAKEN) {
        e.next.version++;
        e.next.revision = t->chart->revision;
    }
    if (answers_what_is_owed(s) && s->in.carrier == PAYSCORE_CARRIER_REPLY) e.next.attempts++;
    if (answers_what_is_owed(s)) e.due = DUE_LATER;
    if (moves) {
        e.next.state = next->id;
        e.next.since_ms = NOW;
        e.next.due_lane = owed->lane;
        e.next.call = owed->call;
    }
    for (const char *text = cell->expected; next_word(&text, &word);)
        if (!expect_more(&e, &word, s)) set_expected(&e, &word, &s->old, &s->in);
    if (moves)
        e.due =
            e.next.due_lane == PAYSCORE_LANE_EFFECT && e.next.attempts == 0 ? DUE_NOW : DUE_LATER;
    return e;
}

#endif
