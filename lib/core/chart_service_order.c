/* The tables of statecharts/service_order.def. */
#define CHART_DEF "statecharts/service_order.def"
#include "core/chart_rows.h"
#include "core/charts.h"

const struct ps_chart ps_chart_service_order = PS_CHART_TABLES(service_order);
