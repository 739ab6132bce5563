/* The tables of statecharts/preauthorization.def. */
#define CHART_DEF "statecharts/preauthorization.def"
#include "core/chart_rows.h"
#include "core/charts.h"

const struct ps_chart ps_chart_preauthorization = PS_CHART_TABLES(preauthorization);
