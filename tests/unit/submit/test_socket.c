/* The driver's side of the socket, from the view of clients that behave, and of those that do not.
 */
#define _GNU_SOURCE /* RLIMIT_NOFILE's children, SOCK_CLOEXEC */

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "submit/address.h"
#include "submit/socket.h"
#include "support/directory.h"

enum { TAKEN_MAX = 1032 };

struct fixture {
    char path[DIRECTORY_PATH_SIZE];
    struct ps_socket *socket;
    struct ps_job *taken[TAKEN_MAX];
    size_t count;
};

static void take(void *context, struct ps_job *job)
{
    struct fixture *fixture = context;
    assert_true(fixture->count < TAKEN_MAX);
    fixture->taken[fixture->count++] = job;
}

static enum payscore_status listen_at(struct fixture *fixture, const char *path)
{
    const struct ps_socket_options options = {
        .path = path, .place = ps_place_here(), .take = take, .context = fixture};
    struct payscore_error error = {""};
    enum payscore_status rc = ps_socket_open(&fixture->socket, &options, &error);
    assert_int_equal(rc == PAYSCORE_OK, error.text[0] == '\0');
    return rc;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    directory_make(fixture->path);
    assert_int_equal(listen_at(fixture, fixture->path), PAYSCORE_OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    ps_socket_close(fixture->socket, true);
    directory_remove(fixture->path);
    free(fixture);
    return 0;
}

/* What is there for the server to do, is done. */
static void serve(struct fixture *fixture)
{
    struct pollfd file = {ps_socket_descriptor(fixture->socket), POLLIN, 0};
    ps_socket_serve(fixture->socket);
    while (poll(&file, 1, 0) == 1)
        ps_socket_serve(fixture->socket);
}

static int connect_raw(const char *path)
{
    struct sockaddr_un address;
    int directory;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(ps_address_of_socket(path, &address, &directory), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (directory >= 0) close(directory);
    return fd;
}

static bool has_hello(int fd)
{
    uint8_t bytes[PS_FRAME_ANSWER_MAX];
    struct ps_place place;
    ssize_t size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size <= 0) return false;
    struct payscore_text frame = {(const char *)bytes, (size_t)size};
    return ps_frame_get_hello(frame, &place) == PAYSCORE_OK;
}

static int connect_greeted(struct fixture *fixture)
{
    int fd = connect_raw(fixture->path);
    serve(fixture);
    assert_true(has_hello(fd));
    return fd;
}

static size_t command_frame(uint64_t request, size_t body_size, uint8_t *out)
{
    static char body[PS_FRAME_BODY_MAX];
    struct ps_frame_command command = {
        .mchid = PAYSCORE_TEXT("1"), .name = PAYSCORE_TEXT("create"), .body = {body, body_size}};
    memset(body, ' ', sizeof body);
    return ps_frame_put_command(request, &command, out);
}

static bool send_command(int fd, uint64_t request, size_t body_size)
{
    uint8_t *out = malloc(PS_FRAME_COMMAND_MAX);
    assert_non_null(out);
    size_t size = command_frame(request, body_size, out);
    bool sent = send(fd, out, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
    free(out);
    return sent;
}

static void answer(struct fixture *fixture, struct ps_job *job, uint64_t entry)
{
    struct payscore_result result = {.status = PAYSCORE_OK,
                                     .verdict = PAYSCORE_TAKEN,
                                     .entry = entry,
                                     .chart = "service_order",
                                     .state = "",
                                     .row_text = ""};
    memset(result.error.text, 'e', sizeof result.error.text - 1);
    ps_socket_answer(fixture->socket, job, &result);
}

static bool next_answer(int fd, uint64_t *request, struct payscore_result *result)
{
    uint8_t bytes[PS_FRAME_ANSWER_MAX];
    struct ps_frame_head head;
    struct ps_frame_answer frame_answer;
    ssize_t size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size <= 0) return false;
    struct payscore_text frame = {(const char *)bytes, (size_t)size};
    assert_int_equal(ps_frame_get_answer(frame, &frame_answer), PAYSCORE_OK);
    assert_int_equal(ps_frame_look(frame, &head), PAYSCORE_OK);
    *request = head.request;
    *result = ps_frame_result_of(&frame_answer);
    return true;
}

static void assert_hung_up(int fd)
{
    char byte;
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
    close(fd);
}

static void a_command_gets_its_answer(void **state)
{
    struct fixture *fixture = *state;
    struct payscore_result result = {0};
    uint64_t request = 0;
    int fd = connect_greeted(fixture);
    assert_true(send_command(fd, 5, PS_FRAME_BODY_MAX));
    assert_true(send_command(fd, 6, 0));
    serve(fixture);
    assert_int_equal(fixture->count, 2);
    assert_int_equal(fixture->taken[0]->command.body.size, PS_FRAME_BODY_MAX);
    assert_ptr_equal(ps_socket_source(fixture->taken[0]), ps_socket_source(fixture->taken[1]));
    answer(fixture, fixture->taken[1], 12);
    answer(fixture, fixture->taken[0], 11);
    assert_true(next_answer(fd, &request, &result));
    assert_int_equal(request, 6);
    assert_int_equal(result.entry, 12);
    assert_true(next_answer(fd, &request, &result));
    assert_int_equal(request, 5);
    assert_string_equal(result.chart, "service_order");
    close(fd);
    serve(fixture);
}

static void the_socket_is_its_owners_alone(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    char file[DIRECTORY_PATH_SIZE + 16];
    snprintf(file, sizeof file, "%s/submit.sock", fixture->path);
    assert_int_equal(stat(file, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0600);
    if (geteuid() != 0) return; /* Nobody else can be played. */
    assert_int_equal(chmod(file, 0666), 0);
    assert_int_equal(chmod(fixture->path, 0755), 0);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        if (setuid(65534) != 0) _exit(3);
        int fd = connect_raw(fixture->path);
        if (write(ends[1], "c", 1) != 1) _exit(4);
        _exit(recv(fd, &byte, 1, 0) == 0 ? 0 : 5); /* Sent away without a word. */
    }
    char said;
    assert_int_equal(read(ends[0], &said, 1), 1);
    serve(fixture);
    int code = -1;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    close(ends[0]);
    close(ends[1]);
}

static void what_makes_no_sense_is_hung_up_on(void **state)
{
    struct fixture *fixture = *state;
    static uint8_t large[PS_FRAME_COMMAND_MAX + 1];
    uint8_t answer_frame[PS_FRAME_ANSWER_MAX];
    struct ps_frame_answer none = {.status = PAYSCORE_OK};
    int fd = connect_greeted(fixture);
    assert_int_equal(send(fd, "what?", 5, 0), 5);
    serve(fixture);
    assert_hung_up(fd);
    fd = connect_greeted(fixture);
    assert_int_equal(send(fd, large, sizeof large, 0), sizeof large);
    serve(fixture);
    assert_hung_up(fd);
    fd = connect_greeted(fixture);
    size_t size = ps_frame_put_answer(1, &none, answer_frame);
    assert_int_equal(send(fd, answer_frame, size, 0), size);
    serve(fixture);
    assert_hung_up(fd);
    assert_int_equal(fixture->count, 0);
}

static void another_version_is_told_so(void **state)
{
    struct fixture *fixture = *state;
    struct payscore_result result = {0};
    uint64_t request = 0;
    uint8_t frame[256];
    int fd = connect_greeted(fixture);
    size_t size = command_frame(31, 2, frame);
    frame[4] = PS_FRAME_VERSION + 1;
    assert_int_equal(send(fd, frame, size, 0), size);
    serve(fixture);
    assert_true(next_answer(fd, &request, &result));
    assert_int_equal(request, 31);
    assert_int_equal(result.status, PAYSCORE_E_VERSION);
    assert_non_null(strstr(result.error.text, "version 1"));
    assert_int_equal(fixture->count, 0);
    close(fd);
    serve(fixture);
}

/* It gets no more than its window, whatever it sends; and goes on once it reads. */
static void a_client_that_does_not_read_is_not_read_from(void **state)
{
    struct fixture *fixture = *state;
    struct payscore_result result = {0};
    uint64_t request = 0, sent = 0, got = 0;
    int fd = connect_greeted(fixture);
    int small = 4096;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    for (int i = 0; i < 2 * PS_SOCKET_WINDOW; i++) {
        if (send_command(fd, sent + 1, 0)) sent++;
        serve(fixture);
    }
    assert_int_equal(fixture->count, PS_SOCKET_WINDOW);
    assert_true(sent > PS_SOCKET_WINDOW);
    for (size_t i = 0; i < PS_SOCKET_WINDOW; i++)
        answer(fixture, fixture->taken[i], i + 1);
    serve(fixture); /* Some answers could be written, so that there is room for as many. */
    assert_true(fixture->count < sent);
    size_t answered = PS_SOCKET_WINDOW;
    while (got < sent) {
        while (next_answer(fd, &request, &result))
            assert_int_equal(request, ++got);
        serve(fixture);
        for (; answered < fixture->count; answered++)
            answer(fixture, fixture->taken[answered], answered + 1);
    }
    assert_int_equal(fixture->count, sent);
    close(fd);
    serve(fixture);
}

static void a_client_that_died_is_forgotten_and_its_command_is_not(void **state)
{
    struct fixture *fixture = *state;
    int fd = connect_greeted(fixture);
    int other = connect_greeted(fixture);
    assert_true(send_command(fd, 1, 10));
    assert_true(send_command(other, 1, 10));
    serve(fixture);
    assert_int_equal(fixture->count, 2);
    assert_true(send_command(fd, 2, 10)); /* Nobody waits for this one's answer any more. */
    close(fd);
    serve(fixture);
    assert_int_equal(fixture->count, 2);
    struct payscore_result result = {0};
    uint64_t request = 0;
    answer(fixture, fixture->taken[0], 1);
    answer(fixture, fixture->taken[1], 2);
    serve(fixture);
    assert_true(next_answer(other, &request, &result));
    assert_int_equal(result.entry, 2);
    close(other);
    serve(fixture);
}

static void need_descriptors(rlim_t needed)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < needed) skip();
    if (limit.rlim_cur < needed) limit.rlim_cur = needed;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Who keeps a connection for later keeps nobody else away. */
static void one_more_takes_the_place_of_one_that_is_idle(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = PS_SOCKET_PEERS_MAX + 2 };
    static int fds[COUNT];
    need_descriptors(2 * COUNT + 64);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = connect_greeted(fixture);
        assert_true(send_command(fds[i], 1, 10));
        serve(fixture);
        if (i == 0) continue; /* It has something to wait for. */
        uint64_t request = 0;
        struct payscore_result result = {0};
        answer(fixture, fixture->taken[--fixture->count], 7);
        assert_true(next_answer(fds[i], &request, &result));
    }
    assert_hung_up(fds[1]);
    assert_hung_up(fds[2]);
    answer(fixture, fixture->taken[0], 7);
    assert_int_equal(fixture->count, 1);
    for (int i = 0; i < COUNT; i++)
        close(fds[i]);
    serve(fixture);
}

static void too_many_wait_until_one_leaves(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = PS_SOCKET_PEERS_MAX + 3 };
    static int fds[COUNT];
    need_descriptors(2 * COUNT + 64);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = connect_raw(fixture->path);
        serve(fixture);
        assert_int_equal(has_hello(fds[i]), i < PS_SOCKET_PEERS_MAX);
        if (i < PS_SOCKET_PEERS_MAX) assert_true(send_command(fds[i], 1, 10));
        serve(fixture);
    }
    close(fds[7]);
    serve(fixture);
    assert_true(has_hello(fds[PS_SOCKET_PEERS_MAX]));
    assert_false(has_hello(fds[PS_SOCKET_PEERS_MAX + 1]));
    assert_true(send_command(fds[PS_SOCKET_PEERS_MAX], 1, 10));
    serve(fixture);
    answer(fixture, fixture->taken[0], 7); /* Now one has nothing to wait for. */
    serve(fixture);
    assert_true(has_hello(fds[PS_SOCKET_PEERS_MAX + 1]));
    for (size_t i = 1; i < fixture->count; i++)
        answer(fixture, fixture->taken[i], 7);
    for (int i = 0; i < COUNT; i++)
        if (i != 7) close(fds[i]);
    serve(fixture);
}

/* Whoever waits when descriptors have run out is sent away, and does not keep the loop busy. */
static void no_descriptor_is_left(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit old, none;
    int fd = connect_raw(fixture->path);
    int next = dup(fd);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = (rlim_t)next;
    close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    serve(fixture);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_hung_up(fd);
    fd = connect_greeted(fixture);
    close(fd);
    serve(fixture);
}

static void a_dead_drivers_socket_is_taken_over(void **state)
{
    struct fixture *fixture = *state;
    ps_socket_close(fixture->socket, false); /* As a process that died leaves it. */
    fixture->socket = NULL;
    assert_int_equal(listen_at(fixture, fixture->path), PAYSCORE_OK);
    close(connect_greeted(fixture));
    serve(fixture);
}

static void a_path_may_be_long(void **state)
{
    struct fixture *fixture = *state;
    struct fixture other = {.count = 0};
    char path[400];
    int size = snprintf(path, sizeof path, "%s/", fixture->path);
    memset(path + size, 'd', 200);
    path[size + 200] = '\0';
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(listen_at(&other, path), PAYSCORE_OK);
    int fd = connect_raw(path);
    serve(&other);
    assert_true(has_hello(fd));
    close(fd);
    ps_socket_close(other.socket, true);
    assert_int_equal(rmdir(path), 0); /* The socket's file went with it. */
}

static void where_nothing_can_be_made_it_says_so(void **state)
{
    (void)state;
    struct fixture other = {.count = 0};
    assert_int_equal(listen_at(&other, "/nowhere/at/all"), PAYSCORE_E_IO);
    assert_null(other.socket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_command_gets_its_answer),
        TEST(the_socket_is_its_owners_alone),
        TEST(what_makes_no_sense_is_hung_up_on),
        TEST(another_version_is_told_so),
        TEST(a_client_that_does_not_read_is_not_read_from),
        TEST(a_client_that_died_is_forgotten_and_its_command_is_not),
        TEST(too_many_wait_until_one_leaves),
        TEST(one_more_takes_the_place_of_one_that_is_idle),
        TEST(no_descriptor_is_left),
        TEST(a_dead_drivers_socket_is_taken_over),
        TEST(a_path_may_be_long),
        TEST(where_nothing_can_be_made_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
