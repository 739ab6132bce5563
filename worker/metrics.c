/*
 * Prometheus' text format, version 0.0.4.
 */
#include "worker/metrics.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNTER "counter"
#define GAUGE   "gauge"

static const struct {
    const char *kind, *name, *labels, *help;
} rows[] = {
#define METRIC(id, kind, name, labels, help) {kind, name, labels, help},
#include "worker/metrics.def"
};

void ps_metrics_add(struct ps_metrics *metrics, enum ps_metric metric, int64_t amount)
{
    metrics->values[metric] += amount;
}

void ps_metrics_set(struct ps_metrics *metrics, enum ps_metric metric, int64_t value)
{
    metrics->values[metric] = value;
}

char *ps_metrics_print(const struct ps_metrics *metrics, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL) return NULL;
    for (size_t i = 0; i < PS_METRIC_COUNT; i++) {
        bool first = i == 0 || strcmp(rows[i].name, rows[i - 1].name) != 0;
        if (first) {
            fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", rows[i].name, rows[i].help, rows[i].name,
                    rows[i].kind);
        }
        fprintf(out, "%s%s %lld\n", rows[i].name, rows[i].labels, (long long)metrics->values[i]);
    }
    return fclose(out) == 0 ? text : NULL;
}
