/* Commands that are started, and answered in a later turn. */
#include <stdlib.h>
#include <string.h>

#include "submit/client.h"
#include "submit/queue_private.h"
#include "wechat/request.h"

/* One of them, with its texts behind it. */
struct started {
    struct ps_submission submission;
    struct payscore *engine;
    struct payscore_command command;
    payscore_done *done;
    void *user;
    char texts[];
};

static struct payscore_text keep(char **to, struct payscore_text text)
{
    struct payscore_text kept = {*to, text.size};
    if (text.size > 0) memcpy(*to, text.data, text.size);
    *to += text.size;
    return kept;
}

static struct started *copy_of(struct payscore *engine, const struct payscore_command *command)
{
    size_t size = command->name.size + command->key.size + command->body.size;
    struct started *self = calloc(1, sizeof *self + size);
    if (self == NULL) return NULL;
    char *to = self->texts;
    self->engine = engine;
    self->command.merchant = command->merchant;
    self->command.name = keep(&to, command->name);
    self->command.key = keep(&to, command->key);
    self->command.body = keep(&to, command->body);
    return self;
}

/* Whether one more may be without an answer; it is counted. */
static bool count_in(struct ps_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    bool room = queue->started_count < PAYSCORE_STARTED_MAX;
    queue->started_count += room ? 1 : 0;
    (void)pthread_mutex_unlock(&queue->lock);
    return room;
}

static void count_out(struct ps_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->started_count--;
    (void)pthread_mutex_unlock(&queue->lock);
}

static void answer(struct ps_submission *submission)
{
    struct started *self = submission->user;
    count_out(self->engine->queue);
    self->done(self->user, &submission->reading.result);
    ps_submission_end(submission);
    free(self);
}

static enum payscore_status refuse(struct started *self, struct payscore_error *error)
{
    enum payscore_status rc = self->submission.reading.result.status;
    *error = self->submission.reading.result.error;
    if (error->text[0] == '\0') ps_fail(error, rc, "%s", payscore_status_text(rc));
    ps_submission_end(&self->submission);
    free(self);
    return rc;
}

/* A body that no command can have is not even copied. */
static enum payscore_status check(const struct payscore *engine,
                                  const struct payscore_command *command, payscore_done *done,
                                  struct payscore_error *error)
{
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_READER || done == NULL)
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "a started command needs a handle that submits, and whom to tell");
    if (engine->closing) return ps_fail(error, PAYSCORE_E_ARGUMENT, "the handle is being closed");
    if (command->name.size > PAYSCORE_KEY_MAX || command->key.size > PAYSCORE_KEY_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT, "a name or an idempotency key of over %d bytes",
                       PAYSCORE_KEY_MAX);
    if (command->body.size > PS_BODY_MAX)
        return ps_fail(error, PAYSCORE_E_TOO_LARGE, "a body of %zu bytes: at most %d",
                       command->body.size, PS_BODY_MAX);
    return PAYSCORE_OK;
}

enum payscore_status payscore_submit_start(struct payscore *engine,
                                           const struct payscore_command *command,
                                           payscore_done *done, void *user,
                                           struct payscore_error *error)
{
    struct payscore_error unused;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = check(engine, command, done, error);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->client != NULL) return ps_client_start(engine, command, done, user, error);
    struct started *self = copy_of(engine, command);
    if (self == NULL) return ps_fail(error, PAYSCORE_E_MEMORY, "a started command: no memory");
    self->done = done;
    self->user = user;
    if (!ps_submission_read(engine, &self->command, &self->submission)) return refuse(self, error);
    if (!count_in(engine->queue)) {
        ps_fail(&self->submission.reading.result.error, PAYSCORE_OK,
                "%d started commands have no answer yet: call payscore_turn() or payscore_poll()",
                PAYSCORE_STARTED_MAX);
        self->submission.reading.result.status = PAYSCORE_E_BUSY;
        return refuse(self, error);
    }
    self->submission.done = answer;
    self->submission.user = self;
    ps_queue_push(engine, &engine->queue->started, &self->submission);
    return PAYSCORE_OK;
}

int payscore_descriptor(struct payscore *engine)
{
    return ps_process_check(engine, NULL) == PAYSCORE_OK ? ps_queue_descriptor(engine) : -1;
}
