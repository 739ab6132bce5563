/*
 * How the pages print what is neither a word nor a row: cells, times, what a state owes.
 */
#include <inttypes.h>
#include <string.h>

#include "page.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

void ps_print_cell(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '|')
            fputs("\\|", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '*')
            fputs("\\*", out);
        else
            fputc(*text, out);
}

void ps_print_wait(FILE *out, int64_t wait_ms, enum ps_language language)
{
    static const struct {
        int64_t size_ms;
        enum ps_text name;
    } units[] = {
        {DAY_MS, PS_TEXT_DAYS},       {HOUR_MS, PS_TEXT_HOURS},  {MINUTE_MS, PS_TEXT_MINUTES},
        {SECOND_MS, PS_TEXT_SECONDS}, {1, PS_TEXT_MILLISECONDS},
    };
    size_t unit = 0;
    if (wait_ms == 0) {
        fputs(ps_text(PS_TEXT_AT_ONCE, language), out);
        return;
    }
    while (wait_ms % units[unit].size_ms != 0)
        unit++;
    fprintf(out, "%" PRId64 " %s", wait_ms / units[unit].size_ms,
            ps_text(units[unit].name, language));
}

static enum ps_text owed_by_lane(uint8_t lane)
{
    switch (lane) {
    case PAYSCORE_LANE_EFFECT: return PS_TEXT_OWES_EFFECT;
    case PAYSCORE_LANE_ASK: return PS_TEXT_OWES_ASK;
    case PAYSCORE_LANE_POLL: return PS_TEXT_OWES_POLL;
    default: return PS_TEXT_OWES_WAKE;
    }
}

void ps_print_owes(FILE *out, const struct ps_owes *owes, enum ps_language language,
                   const char *quote)
{
    const char *comma = language == PS_CHINESE ? "，" : ", ";
    enum ps_text first =
        owes->lane == PAYSCORE_LANE_EFFECT ? PS_TEXT_AFTER_FAILURE : PS_TEXT_FIRST_AFTER;
    if (owes->lane == PAYSCORE_LANE_NONE) return;
    fputs(ps_text(owed_by_lane(owes->lane), language), out);
    if (owes->call != PS_CALL_none)
        fprintf(out, "%s %s%s%s",
                owes->lane == PAYSCORE_LANE_POLL && language == PS_ENGLISH ? ":" : "", quote,
                ps_call_name(owes->call), quote);
    fputs(comma, out);
    if (owes->first_ms > 0) fprintf(out, "%s ", ps_text(first, language));
    ps_print_wait(out, owes->first_ms, language);
    fprintf(out, "%s%s ", comma, ps_text(PS_TEXT_AT_MOST, language));
    ps_print_wait(out, owes->max_ms, language);
    fputs(ps_text(PS_TEXT_APART, language), out);
}

/* The first state after `after` that stands in `parent`; 0: there is none. */
static uint16_t child_of(const struct ps_chart *chart, uint16_t parent, uint16_t after)
{
    for (uint16_t id = (uint16_t)(after + 1); id < chart->state_limit; id++)
        if (ps_chart_state(chart, id) != NULL && chart->states[id].parent == parent) return id;
    return 0;
}

uint16_t ps_next_state(const struct ps_chart *chart, uint16_t state)
{
    uint16_t next = child_of(chart, state, 0);
    while (next == 0 && state != 0) {
        next = child_of(chart, chart->states[state].parent, state);
        state = chart->states[state].parent;
    }
    return next;
}
