/*
 * The words of cell_expected.def, read: what a step, or one action, should come to.
 */
#ifndef TEST_UNIT_CORE_EXPECTED_H
#define TEST_UNIT_CORE_EXPECTED_H

#include "unit/core/given.h"

enum due { DUE_AS_IT_GOES, DUE_NOW, DUE_LATER };

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

static bool told_as(const struct ps_step *out, const struct expected *e)
{
    if (out->tell_count != e->tell_count) return false;
    for (uint8_t i = 0; i < e->tell_count; i++) {
        const struct ps_tell *is_told = &out->tells[i], *should = &e->tells[i];
        if (is_told->chart != should->chart || is_told->event != should->event) return false;
        if (memcmp(&is_told->target, &should->target, sizeof should->target) != 0) return false;
        if (is_told->platform_ms != out->next.platform_ms) return false;
    }
    return true;
}

#endif
