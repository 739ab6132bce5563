/*
 * The rows of statecharts/disputes.def.
 */
#include "page.h"

/* clang-format off */
enum dispute {
#define DISPUTE(name, ...) DISPUTE_##name,
#include "statecharts/disputes.def"
    DISPUTE_COUNT,
};

const struct ps_dispute ps_disputes[] = {
#define DISPUTE(name_, reference_, switches_, topic_en, topic_zh, one_en, one_zh, other_en,       \
                other_zh, here_en, here_zh)                                                        \
    {.name = #name_, .reference = (reference_), .switches = (switches_),                           \
     .topic = {(topic_en), (topic_zh)}, .one = {(one_en), (one_zh)},                               \
     .other = {(other_en), (other_zh)}, .here = {(here_en), (here_zh)}},
#include "statecharts/disputes.def"
};

static const struct disputed {
    enum dispute dispute;
    uint16_t chart, row;
} disputed[] = {
#define DISPUTED(name_, chart_, row_) {DISPUTE_##name_, PS_CHART_##chart_, (row_)},
#include "statecharts/disputes.def"
};
/* clang-format on */

const size_t ps_dispute_count = DISPUTE_COUNT;

bool ps_disputed_row(size_t n, uint16_t *chart, uint16_t *row)
{
    if (n >= sizeof disputed / sizeof disputed[0]) return false;
    *chart = disputed[n].chart;
    *row = disputed[n].row;
    return true;
}

bool ps_disputed(const struct ps_dispute *dispute, const struct ps_chart *chart, uint16_t row)
{
    for (size_t i = 0; i < sizeof disputed / sizeof disputed[0]; i++)
        if (&ps_disputes[disputed[i].dispute] == dispute && disputed[i].chart == chart->id &&
            disputed[i].row == row)
            return true;
    return false;
}
