/* The tables of statecharts/authorization.def. */
#define CHART_DEF "statecharts/authorization.def"
#include "core/chart_rows.h"
#include "core/charts.h"

const struct ps_chart ps_chart_authorization = PS_CHART_TABLES(authorization);
