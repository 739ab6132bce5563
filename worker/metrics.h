/*
 * Counters and gauges, the rows of metrics.def, printed for Prometheus. Loop's thread only.
 */
#ifndef PS_WORKER_METRICS_H
#define PS_WORKER_METRICS_H

#include <stddef.h>
#include <stdint.h>

enum ps_metric {
#define METRIC(id, kind, name, labels, help) PS_METRIC_##id,
#include "worker/metrics.def"
    PS_METRIC_COUNT
};

struct ps_metrics {
    int64_t values[PS_METRIC_COUNT];
};

void ps_metrics_add(struct ps_metrics *metrics, enum ps_metric metric, int64_t amount);
void ps_metrics_set(struct ps_metrics *metrics, enum ps_metric metric, int64_t value);

/** The text, allocated; NULL if memory is short. */
char *ps_metrics_print(const struct ps_metrics *metrics, size_t *size);

#endif
