#include "submit/drive.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "submit/queue.h"
#include "submit/socket.h"

/* A command that came over the socket, in the queue. */
struct visit {
    struct ps_submission submission; /* First: a submission is its visit. */
    struct ps_job *job;
};

static void refuse(struct payscore *engine, struct ps_job *job, enum payscore_status status,
                   const char *why)
{
    struct payscore_result result = {.status = status, .chart = "", .state = "", .row_text = ""};
    ps_fail(&result.error, status, "%s", why);
    ps_socket_answer(engine->socket, job, &result);
}

static void answer(struct ps_submission *submission)
{
    struct visit *visit = (struct visit *)submission;
    struct payscore *engine = submission->user;
    ps_socket_answer(engine->socket, visit->job, &submission->reading.result);
    ps_submission_end(submission);
    free(visit);
}

/* The merchant of that very service: a command is filled in for it. */
static const struct ps_merchant *merchant_of(const struct payscore *engine,
                                             const struct ps_frame_command *command)
{
    return command->appid.size == 0
               ? NULL
               : ps_merchant_named(engine, command->mchid, command->appid, command->service_id);
}

static void take(void *context, struct ps_job *job)
{
    struct payscore *engine = context;
    const struct ps_frame_command *frame = &job->command;
    const struct ps_merchant *merchant = merchant_of(engine, frame);
    if (merchant == NULL) {
        refuse(engine, job, PAYSCORE_E_ARGUMENT,
               "the process that drives this store does not serve this mchid, appid and "
               "service_id: give it the same merchants");
        return;
    }
    struct visit *visit = calloc(1, sizeof *visit);
    if (visit == NULL) {
        refuse(engine, job, PAYSCORE_E_MEMORY, payscore_status_text(PAYSCORE_E_MEMORY));
        return;
    }
    struct payscore_command command = {(size_t)(merchant - engine->merchants), frame->name,
                                       frame->key, frame->body};
    visit->job = job;
    visit->submission.user = engine;
    visit->submission.done = answer;
    if (ps_submission_read(engine, &command, &visit->submission))
        ps_queue_push(engine, ps_socket_source(job), &visit->submission);
    else
        answer(&visit->submission);
}

enum payscore_status ps_drive_open(struct payscore *engine, struct payscore_error *error)
{
    const struct ps_socket_options options = {.path = engine->path,
                                              .way = engine->way,
                                              .place = ps_place_here(),
                                              .take = take,
                                              .context = engine};
    enum payscore_status rc = ps_socket_open(&engine->socket, &options, error);
    if (rc != PAYSCORE_OK) return rc;
    return ps_queue_watch(engine, ps_socket_descriptor(engine->socket), EPOLLIN, engine->socket);
}

void ps_drive_serve(struct payscore *engine)
{
    if (engine->socket != NULL) ps_socket_serve(engine->socket);
}

void ps_drive_close(struct payscore *engine)
{
    ps_socket_close(engine->socket, ps_process_is_ours(engine));
    engine->socket = NULL;
}
