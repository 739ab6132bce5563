/*
 * The end of a chart's page: its disputed rules, and the words that its rows use.
 */
#include <inttypes.h>
#include <string.h>

#include "page.h"

static const char *colon(enum ps_language language)
{
    return language == PS_CHINESE ? "：" : ": ";
}

/* Disputes. */

static void side(FILE *out, enum ps_text name, const char *const words[2],
                 enum ps_language language)
{
    fprintf(out, "- **%s**%s%s\n", ps_text(name, language), colon(language), words[language]);
}

static void print_switches(FILE *out, const char *switches, enum ps_language language)
{
    if (*switches == '\0') return;
    fprintf(out, "- **%s**%s", ps_text(PS_TEXT_SWITCH, language), colon(language));
    for (const char *at = switches; *at != '\0';) {
        int size = (int)strcspn(at, " ");
        fprintf(out, "%s`%.*s`", at == switches ? "" : ", ", size, at);
        at += size + (at[size] == ' ' ? 1 : 0);
    }
    fputc('\n', out);
}

static void print_dispute(FILE *out, const struct ps_chart *chart, const struct ps_dispute *dispute,
                          enum ps_language language)
{
    fprintf(out, "\n### <a id=\"dispute-%s\"></a>⚖ %s\n\n", dispute->name,
            dispute->topic[language]);
    side(out, PS_TEXT_ONE_SIDE, dispute->one, language);
    side(out, PS_TEXT_OTHER_SIDE, dispute->other, language);
    side(out, PS_TEXT_HERE, dispute->here, language);
    fprintf(out, "- **%s**%s", ps_text(PS_TEXT_ROWS_OF_IT, language), colon(language));
    const char *between = "";
    for (uint16_t i = 0; i < chart->row_count; i++) {
        uint16_t row = chart->rows[i].id;
        if (!ps_disputed(dispute, chart, row)) continue;
        fprintf(out, "%s[%u](#row-%u)", between, row, row);
        between = ", ";
    }
    fprintf(out, "\n- **%s**%s%s\n", ps_text(PS_TEXT_SOURCE, language), colon(language),
            dispute->reference);
    print_switches(out, dispute->switches, language);
}

static bool leans_on(const struct ps_chart *chart, const struct ps_dispute *dispute)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (ps_disputed(dispute, chart, chart->rows[i].id)) return true;
    return false;
}

void ps_page_disputes(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    bool any = false;
    fprintf(out, "\n## %s\n\n%s\n", ps_text(PS_TEXT_DISPUTES, language),
            ps_text(PS_TEXT_DISPUTES_ARE, language));
    for (size_t i = 0; i < ps_dispute_count; i++) {
        if (!leans_on(chart, &ps_disputes[i])) continue;
        print_dispute(out, chart, &ps_disputes[i], language);
        any = true;
    }
    if (!any) fprintf(out, "\n%s\n", ps_text(PS_TEXT_NO_DISPUTES, language));
}

/* Words. */

static void table(FILE *out, enum ps_text title, enum ps_text middle, enum ps_language language)
{
    fprintf(out, "\n### %s\n\n| %s | %s | %s |\n|---|---|---|\n", ps_text(title, language),
            ps_text(PS_TEXT_NAME, language), ps_text(middle, language),
            ps_text(PS_TEXT_MEANING, language));
}

static void short_table(FILE *out, enum ps_text title, enum ps_text intro,
                        enum ps_language language)
{
    fprintf(out, "\n### %s\n\n", ps_text(title, language));
    if (intro != PS_TEXT_COUNT) fprintf(out, "%s\n\n", ps_text(intro, language));
    fprintf(out, "| %s | %s |\n|---|---|\n", ps_text(PS_TEXT_NAME, language),
            ps_text(PS_TEXT_MEANING, language));
}

static void entry(FILE *out, const char *name, const char *words)
{
    fprintf(out, "| `%s` | ", name);
    ps_print_cell(out, words);
    fputs(" |\n", out);
}

static void events(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    table(out, PS_TEXT_EVENTS, PS_TEXT_KIND, language);
    for (uint16_t i = 0; i < chart->event_count; i++) {
        uint16_t event = chart->events[i];
        fprintf(out, "| `%s` | %s | ", ps_event_name(event),
                ps_event_kind_name(ps_event_kind(event)));
        ps_print_cell(out, ps_event_words(event, language));
        fputs(" |\n", out);
    }
}

static bool asks_guard(const struct ps_chart *chart, uint8_t guard)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].guard == guard) return true;
    return false;
}

static void guards(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    short_table(out, PS_TEXT_GUARDS, PS_TEXT_COUNT, language);
    for (int at = 0; at < PS_GUARD_COUNT; at++) {
        uint8_t guard = (uint8_t)at;
        if (guard == PS_GUARD_always || !asks_guard(chart, guard)) continue;
        fprintf(out, "| <a id=\"guard-%s\"></a>`%s` | ", ps_guard_name(guard),
                ps_guard_name(guard));
        ps_print_cell(out, ps_guard_words(guard, language));
        fputs(" |\n", out);
    }
}

static bool takes_action(const struct ps_chart *chart, uint8_t action)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        for (unsigned a = 0; a < PS_ACTIONS_PER_ROW_MAX; a++)
            if (chart->rows[i].actions[a] == action) return true;
    return false;
}

static void actions(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    short_table(out, PS_TEXT_ACTIONS, PS_TEXT_COUNT, language);
    for (int at = 1; at < PS_ACTION_COUNT; at++) {
        uint8_t action = (uint8_t)at;
        if (takes_action(chart, action))
            entry(out, ps_action_name(action), ps_action_words(action, language));
    }
}

static bool owes_call(const struct ps_chart *chart, uint8_t call)
{
    for (uint16_t id = 1; id < chart->state_limit; id++)
        if (ps_chart_state(chart, id) != NULL && chart->states[id].owes.call == call) return true;
    return false;
}

static void calls(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    table(out, PS_TEXT_CALLS, PS_TEXT_REQUEST, language);
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    if (owes_call(chart, (id)))                                                                    \
        fprintf(out, "| `%s` | `%s %s` | %s |\n", #name, (method), (path),                         \
                ps_call_words((id), language));
#include "statecharts/calls.def"
}

/* Limits are no row's own: every chart leans on the same ones. */
static void limits(FILE *out, enum ps_language language)
{
    table(out, PS_TEXT_LIMITS, PS_TEXT_VALUE, language);
    for (size_t i = 0; i < ps_limit_count; i++) {
        struct ps_limit limit = ps_limit_at(i);
        size_t size = strlen(limit.name);
        fprintf(out, "| `%s` | ", limit.name);
        if (size > 3 && strcmp(limit.name + size - 3, "_ms") == 0)
            ps_print_wait(out, limit.value, language);
        else
            fprintf(out, "%" PRId64, limit.value);
        fputs(" | ", out);
        ps_print_cell(out, limit.words[language]);
        fputs(" |\n", out);
    }
}

static void reasons(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    short_table(out, PS_TEXT_REASONS, PS_TEXT_REASONS_ARE, language);
    for (const struct ps_why *why = ps_reasons; why->id != 0; why++)
        if (ps_chart_gives(chart, "reason", why->name)) entry(out, why->name, why->words[language]);
}

static void holds(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    fprintf(out, "\n### %s\n\n%s\n\n| %s | %s | %s |\n|---|---|---|\n",
            ps_text(PS_TEXT_HOLDS, language), ps_text(PS_TEXT_HOLDS_ARE, language),
            ps_text(PS_TEXT_NAME, language), ps_text(PS_TEXT_MEANING, language),
            ps_text(PS_TEXT_REMEDY, language));
    for (const struct ps_why *why = ps_holds; why->id != 0; why++) {
        if (!ps_chart_gives(chart, "hold", why->name)) continue;
        fprintf(out, "| `%s` | ", why->name);
        ps_print_cell(out, why->words[language]);
        fputs(" | ", out);
        ps_print_cell(out, ps_hold_remedy(why->id, language));
        fputs(" |\n", out);
    }
}

void ps_page_words(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    fprintf(out, "\n## %s\n", ps_text(PS_TEXT_WORDS, language));
    events(out, chart, language);
    guards(out, chart, language);
    actions(out, chart, language);
    calls(out, chart, language);
    limits(out, language);
    reasons(out, chart, language);
    holds(out, chart, language);
}
