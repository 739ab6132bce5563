/*
 * statecharts/assigns.def, read by the compiler: an action, event, chart or location that is not
 * there does not compile.
 */
#include "deeds.h"

#include "core/chart.h"

/* clang-format off */
enum {
#define DATA(location, initial, why) LOCATION_##location,
#include "statecharts/assigns.def"
    LOCATION_COUNT,
};

const struct ps_datum ps_data[] = {
#define DATA(location, initial, why) [LOCATION_##location] = {#location, (initial), (why)},
#include "statecharts/assigns.def"
};
const size_t ps_data_count = LOCATION_COUNT;

const struct ps_deed ps_deeds[] = {
#define ASSIGN(action, location, expr)                                                             \
    {PS_ACTION_##action, PS_DEED_ASSIGN, #location, (expr), "", 0 * LOCATION_##location},
#define TELLS(action, event, chart, record, cond)                                                  \
    {PS_ACTION_##action, PS_DEED_TELL, #event, (record), (cond),                                   \
     PS_CHART_##chart + 0 * PS_EVENT_##event},
#define SENDS(action, event) {PS_ACTION_##action, PS_DEED_SEND, (event), "", "", 0},
#include "statecharts/assigns.def"
};
const size_t ps_deed_count = sizeof ps_deeds / sizeof ps_deeds[0];
/* clang-format on */
