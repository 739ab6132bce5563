/*
 * The words of page_texts.def, and those of limits and reasons in both languages.
 */
#include <string.h>

#include "deeds.h"
#include "page.h"

/* clang-format off */
static const char *const texts[PS_TEXT_COUNT][2] = {
#define TEXT(name, en, zh) [PS_TEXT_##name] = {(en), (zh)},
#include "page_texts.def"
};

enum limit {
#define LIMIT(name, value, why) LIMIT_##name,
#include "statecharts/limits.def"
    LIMIT_COUNT,
};

/* A limit without its Chinese is found by a test; Chinese without its limit does not compile. */
static const char *const limits_zh[LIMIT_COUNT] = {
#define LIMIT_TEXT(name, zh) [LIMIT_##name] = (zh),
#include "page_texts.def"
};

static const struct ps_limit limits_en[LIMIT_COUNT] = {
#define LIMIT(name_, value_, why_) [LIMIT_##name_] = {#name_, (value_), {(why_), NULL}},
#include "statecharts/limits.def"
};

const struct ps_why ps_reasons[] = {
#define REASON(id_, name_, en, zh) {(id_), #name_, {(en), (zh)}},
#include "statecharts/reasons.def"
    {.id = 0},
};

const struct ps_why ps_holds[] = {
#define HOLD(id_, name_, weight, en, zh) {(id_), #name_, {(en), (zh)}},
#include "statecharts/reasons.def"
    {.id = 0},
};

static const char *const remedies[][2] = {
#define HOLD_REMEDY(name, en, zh) [PS_HOLD_##name] = {(en), (zh)},
#include "page_texts.def"
};
/* clang-format on */

const size_t ps_limit_count = LIMIT_COUNT;

struct ps_limit ps_limit_at(size_t at)
{
    struct ps_limit limit = limits_en[at];
    limit.words[PS_CHINESE] = limits_zh[at];
    return limit;
}

const char *ps_text(enum ps_text text, enum ps_language language)
{
    return texts[text][language];
}

const char *ps_hold_remedy(uint16_t hold, enum ps_language language)
{
    if (hold >= sizeof remedies / sizeof remedies[0]) return "";
    return remedies[hold][language] == NULL ? "" : remedies[hold][language];
}

const char *ps_state_kind_words(enum ps_state_kind kind, enum ps_language language)
{
    switch (kind) {
    case PS_STATE_INITIAL: return ps_text(PS_TEXT_INITIAL, language);
    case PS_STATE_COMPOSITE: return ps_text(PS_TEXT_COMPOSITE, language);
    case PS_STATE_WAITING: return ps_text(PS_TEXT_WAITING, language);
    case PS_STATE_SETTLED: return ps_text(PS_TEXT_SETTLED, language);
    case PS_STATE_FINAL: return ps_text(PS_TEXT_FINAL, language);
    }
    return "";
}

const char *ps_state_kind_meaning(enum ps_state_kind kind, enum ps_language language)
{
    switch (kind) {
    case PS_STATE_INITIAL: return ps_text(PS_TEXT_INITIAL_IS, language);
    case PS_STATE_COMPOSITE: return ps_text(PS_TEXT_COMPOSITE_IS, language);
    case PS_STATE_WAITING: return ps_text(PS_TEXT_WAITING_IS, language);
    case PS_STATE_SETTLED: return ps_text(PS_TEXT_SETTLED_IS, language);
    case PS_STATE_FINAL: return ps_text(PS_TEXT_FINAL_IS, language);
    }
    return "";
}

/* What the input brings may be any of them; what an expression quotes is that one. */
static bool action_gives(uint8_t action, const char *field, const char *name)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "'%s'", name);
    for (size_t i = 0; i < ps_deed_count; i++) {
        const struct ps_deed *deed = &ps_deeds[i];
        if (deed->action != action || deed->kind != PS_DEED_ASSIGN) continue;
        if (strcmp(deed->what, field) != 0) continue;
        if (strncmp(deed->expr, "_event.data.", 12) == 0 || strstr(deed->expr, quoted) != NULL)
            return true;
    }
    return false;
}

bool ps_chart_gives(const struct ps_chart *chart, const char *field, const char *name)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        for (unsigned a = 0; a < PS_ACTIONS_PER_ROW_MAX; a++)
            if (action_gives(chart->rows[i].actions[a], field, name)) return true;
    return false;
}
