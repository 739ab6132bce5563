/* What became of an input, as whoever brought it is told. */
#include "core/charts.h"
#include "engine/item.h"

static void explain_refusal(struct ps_reading *reading)
{
    const struct ps_outcome *outcome = &reading->matter.outcome;
    struct payscore_error *error = &reading->result.error;
    if (outcome->why == NULL && outcome->row != NULL && reading->command != 0)
        ps_command_explain(reading->command, reading->asked_body, outcome->row->en, error);
    else if (error->text[0] == '\0')
        ps_fail(error, PAYSCORE_OK, "%s",
                outcome->why != NULL ? outcome->why : reading->result.row_text);
}

static void fill_chore(struct ps_reading *reading)
{
    struct payscore_result *result = &reading->result;
    const struct ps_chore_work *work = &reading->work;
    result->status = reading->matter.status;
    result->error = work->why;
    if (result->status != PAYSCORE_OK) {
        if (work->why.text[0] == '\0')
            ps_fail(&result->error, PAYSCORE_OK, "%s", payscore_status_text(result->status));
        return;
    }
    result->verdict = PAYSCORE_TAKEN;
    result->entry = work->entry;
    result->count = work->count;
    result->more = work->more;
    result->row_text = ps_chore_meaning(reading->chore);
}

static void fill(struct ps_reading *reading)
{
    struct payscore_result *result = &reading->result;
    const struct ps_matter *matter = &reading->matter;
    const struct ps_outcome *outcome = &matter->outcome;
    if (reading->chore != PS_CHORE_none) {
        fill_chore(reading);
        return;
    }
    result->status = matter->status;
    if (matter->status != PAYSCORE_OK) {
        ps_fail(&result->error, PAYSCORE_OK, "%s", payscore_status_text(matter->status));
        return;
    }
    const struct ps_chart *chart = ps_chart_by_id(outcome->record.chart);
    const struct ps_state *state =
        chart == NULL ? NULL : ps_chart_state(chart, outcome->record.state);
    result->verdict = outcome->verdict;
    result->entry = outcome->entry;
    result->id = outcome->record.id;
    result->chart = chart == NULL ? "" : chart->name;
    result->state = state == NULL || state->kind == PS_STATE_INITIAL ? "" : state->name;
    if (outcome->row != NULL) {
        result->row = outcome->row->id;
        result->row_text = outcome->row->en;
    } else if (outcome->verdict == PAYSCORE_IGNORED && outcome->why != NULL) {
        result->row_text = outcome->why;
    }
    if (outcome->verdict == PAYSCORE_REFUSED) explain_refusal(reading);
}

void ps_reading_finish(struct ps_reading *reading, enum payscore_status committed)
{
    if (!reading->done && committed == PAYSCORE_OK) fill(reading);
    if (committed == PAYSCORE_OK) return;
    reading->result.status = committed;
    if (!reading->done)
        ps_fail(&reading->result.error, PAYSCORE_OK, "%s", payscore_status_text(committed));
}
