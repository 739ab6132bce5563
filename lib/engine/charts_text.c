/*
 * The governing text: every row, limit, guard and action that decides, in one canonical form. Its
 * digest stands in every entry; the text itself stands in the store.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "core/money.h"
#include "engine/internal.h"

static void write_shared(FILE *out)
{
#define EVENT(id, name, kind, en, zh) fprintf(out, "event %d %s %s\n", id, #name, #kind);
#include "statecharts/events.def"
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    fprintf(out, "call %d %s %s %s %s %s\n", id, #name, #kind, #repeat, method, path);
#include "statecharts/calls.def"
#define GUARD(name, revision, en, zh) fprintf(out, "guard %s %d %s\n", #name, revision, en);
#include "statecharts/guards.def"
#define ACTION(name, revision, kind, en, zh)                                                       \
    fprintf(out, "action %s %d %s %s\n", #name, revision, #kind, en);
#include "statecharts/actions.def"
#define LIMIT(name, value, why) fprintf(out, "limit %s %d\n", #name, value);
#include "statecharts/limits.def"
#define REASON(id, name, en, zh)       fprintf(out, "reason %d %s\n", id, #name);
#define HOLD(id, name, weight, en, zh) fprintf(out, "hold %d %s %d\n", id, #name, weight);
#include "statecharts/reasons.def"
}

/* What a command may say, and what the platform's errors mean, decides as much as a row does. */
static void write_wechat(FILE *out)
{
#define COMMAND(id, name, event, chart, call, form, name_field, en, zh)                            \
    fprintf(out, "command %d %s %s %s %s %s %s\n", id, #name, #event, #chart, #call, #form,        \
            name_field);
#include "statecharts/commands.def"
#define FIELD(form, path, place, type, need, min, max, accept_max, format, source)                 \
    fprintf(out, "field %s %s %s %s %s %" PRId64 " %" PRId64 " %s\n", #form, path, #place, #type,  \
            #need, (int64_t)(min), (int64_t)(max), #format);
#include "wechat/fields.def"
#define ERROR(id, status, code, number, fragment, class, reason, cooldown_ms, calls, source)       \
    fprintf(out, "error %d %d %s %d %s %s %s %d %s\n", id, status, code, number, fragment, #class, \
            #reason, cooldown_ms, #calls);
#include "wechat/errors.def"
}

static void write_row(FILE *out, const struct ps_row *row)
{
    static const char *const kinds[] = {"tran", "stay", "ignore", "reject"};
    fprintf(out, "%s %u %u %s [%s] %u", kinds[row->kind], row->id, row->from,
            ps_event_name(row->event), ps_guard_name(row->guard), row->to);
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != 0; i++)
        fprintf(out, " %s", ps_action_name(row->actions[i]));
    fprintf(out, "\n");
}

static void write_chart(FILE *out, const struct ps_chart *chart)
{
    fprintf(out, "chart %u %s revision %u\n", chart->id, chart->name, chart->revision);
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state == NULL) continue;
        fprintf(out, "state %u %s %u %u %u %s %ld %ld\n", id, state->name, state->parent,
                state->kind, state->owes.lane, ps_call_name(state->owes.call),
                (long)state->owes.first_ms, (long)state->owes.max_ms);
    }
    for (uint16_t i = 0; i < chart->row_count; i++)
        write_row(out, &chart->rows[i]);
}

void ps_chart_key(const uint8_t digest[PS_HASH_SIZE], char key[PS_CHART_KEY_SIZE])
{
    int size = snprintf(key, PS_CHART_KEY_SIZE, "chart:");
    ps_hex(digest, PS_HASH_SIZE, key + size);
}

enum payscore_status ps_charts_text(char **text, size_t *size, uint8_t digest[PS_HASH_SIZE])
{
    FILE *out = open_memstream(text, size);
    if (out == NULL) return PAYSCORE_E_MEMORY;
    write_shared(out);
    write_wechat(out);
#define CHART(id, name, revision, en, zh) write_chart(out, &ps_chart_##name);
#include "statecharts/charts.def"
    if (fclose(out) != 0) {
        free(*text);
        *text = NULL;
        return PAYSCORE_E_MEMORY;
    }
    enum payscore_status rc = ps_sha256((struct payscore_text){*text, *size}, digest);
    if (rc != PAYSCORE_OK) {
        free(*text);
        *text = NULL;
    }
    return rc;
}
