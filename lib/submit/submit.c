/* Commands that are waited for: one, or a batch. */
#include <stdlib.h>

#include "submit/client.h"
#include "submit/queue.h"

static enum payscore_status check(const struct payscore *engine, struct payscore_error *error)
{
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK || engine->role != PAYSCORE_READER) return rc;
    return ps_fail(error, PAYSCORE_E_ARGUMENT,
                   "a reader submits nothing: open the store as a "
                   "driver or as a submitter");
}

/* The call as a whole failed: each command is told the same. */
static enum payscore_status fail_all(struct payscore_result *results, size_t count,
                                     enum payscore_status rc, const struct payscore_error *error)
{
    for (size_t i = 0; i < count; i++)
        results[i] = (struct payscore_result){
            .status = rc, .chart = "", .state = "", .row_text = "", .error = *error};
    return rc;
}

static void submit_one(struct payscore *engine, const struct payscore_command *command,
                       struct payscore_result *result)
{
    struct ps_submission submission = {0};
    if (ps_submission_read(engine, command, &submission))
        ps_queue_submit(engine, NULL, &submission, 1);
    *result = submission.reading.result;
    ps_submission_end(&submission);
}

enum payscore_status payscore_submit(struct payscore *engine,
                                     const struct payscore_command *command,
                                     struct payscore_result *result, struct payscore_error *error)
{
    struct payscore_error unused;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = check(engine, error);
    if (rc != PAYSCORE_OK) return fail_all(result, 1, rc, error);
    if (engine->client != NULL)
        ps_client_submit(engine, command, 1, result);
    else
        submit_one(engine, command, result);
    if (result->status != PAYSCORE_OK)
        ps_fail(error, PAYSCORE_OK, "%s",
                result->error.text[0] != '\0' ? result->error.text
                                              : payscore_status_text(result->status));
    return result->status;
}

/* Those that can be used stand together, so that they are queued at once. */
static size_t read_all(struct payscore *engine, const struct payscore_command *commands,
                       size_t count, struct ps_submission *submissions,
                       struct payscore_result *results)
{
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        struct ps_submission *submission = &submissions[good];
        submission->user = &results[i];
        if (ps_submission_read(engine, &commands[i], submission)) {
            good++;
            continue;
        }
        results[i] = submission->reading.result;
        ps_submission_end(submission);
        *submission = (struct ps_submission){0};
    }
    return good;
}

/* What befell the whole transaction is the batch's own; it may have taken several. */
static enum payscore_status answer_all(struct ps_submission *submissions, size_t count,
                                       struct payscore_error *error)
{
    enum payscore_status rc = PAYSCORE_OK;
    for (size_t i = 0; i < count; i++) {
        struct payscore_result *result = submissions[i].user;
        *result = submissions[i].reading.result;
        if (rc == PAYSCORE_OK) rc = submissions[i].committed;
        ps_submission_end(&submissions[i]);
    }
    return rc == PAYSCORE_OK ? rc : ps_fail(error, rc, "%s", payscore_status_text(rc));
}

/* What befell every command of a submitter's batch, and none by its own fault, befell the batch. */
static enum payscore_status befell_all(const struct payscore_result *results, size_t count,
                                       struct payscore_error *error)
{
    enum payscore_status rc = results[0].status;
    bool own = rc == PAYSCORE_E_INPUT || rc == PAYSCORE_E_TOO_LARGE || rc == PAYSCORE_E_ARGUMENT;
    for (size_t i = 1; i < count; i++)
        if (results[i].status != rc) return PAYSCORE_OK;
    if (rc == PAYSCORE_OK || own) return PAYSCORE_OK;
    return ps_fail(error, rc, "%s", results[0].error.text);
}

enum payscore_status payscore_submit_batch(struct payscore *engine,
                                           const struct payscore_command *commands, size_t count,
                                           struct payscore_result *results,
                                           struct payscore_error *error)
{
    struct payscore_error unused;
    struct ps_source source = {0};
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = check(engine, error);
    if (rc == PAYSCORE_OK && count > PAYSCORE_BATCH_MAX)
        rc = ps_fail(error, PAYSCORE_E_ARGUMENT, "a batch of %zu commands: at most %d", count,
                     PAYSCORE_BATCH_MAX);
    if (rc != PAYSCORE_OK) return fail_all(results, count, rc, error);
    if (count == 0) return PAYSCORE_OK;
    if (engine->client != NULL) {
        ps_client_submit(engine, commands, count, results);
        return befell_all(results, count, error);
    }
    struct ps_submission *submissions = calloc(count, sizeof *submissions);
    if (submissions == NULL) {
        ps_fail(error, PAYSCORE_OK, "%s", payscore_status_text(PAYSCORE_E_MEMORY));
        return fail_all(results, count, PAYSCORE_E_MEMORY, error);
    }
    size_t good = read_all(engine, commands, count, submissions, results);
    ps_queue_submit(engine, &source, submissions, good);
    rc = answer_all(submissions, good, error);
    free(submissions);
    return rc;
}
